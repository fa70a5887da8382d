"""Deals with texts and talks for tests, made through the actions."""

import threading
from collections.abc import Callable
from itertools import count
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from mengkeju.deals import actions
from mengkeju.deals.models import ContractText, Deal, DealParty
from mengkeju.directory.models import Person
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor
from tests import factories as f
from tests.deals import samples as s

_numbers = count(1)


def upload(name: str = "合同.pdf", words: str = "") -> SimpleUploadedFile:
    """A PDF whose content nobody else has, or that of `words`."""
    return SimpleUploadedFile(name, s.PDF + (words or f"% {next(_numbers)}").encode(), "application/pdf")


def deal(pair: s.Pair) -> Deal:
    """The deal of an intention that the pair talks about."""
    return actions.open_deal(pair.bring(pair.declared(), "talking"), by=pair.of_firm, now=s.NOW)


def party(of: Deal, side: str) -> DealParty:
    """Who leads a side."""
    return of.parties.get(side=side, role="lead", archived_at=None)


def text(of: Deal, by: Actor, role: str = "main", name: str = "合同.pdf", **given: object) -> ContractText:
    """One more version."""
    return actions.upload_text(of, upload(name), role=role, by=by, now=clock.now(), **given)  # type: ignore[arg-type]  # as given


def confirm(of: ContractText, pair: s.Pair, *sides: str) -> None:
    """The named sides (seller: the institute, buyer: the firm) confirm a text."""
    for side in sides:
        by = pair.of_institute if side == "seller" else pair.of_firm
        actions.confirm_text(of, party=party(of.deal, side), sm3=of.sm3, by=by, now=clock.now())


def signed(pair: s.Pair) -> Deal:
    """A deal that both have confirmed and signed."""
    made = deal(pair)
    confirm(text(made, pair.of_institute), pair, "seller", "buyer")
    return actions.sign_deal(made, signed_on=clock.today(), by=pair.of_firm, now=clock.now())


def add_name(of: Deal, name: str = "没有入驻的厂（演示）", side: str = "buyer") -> DealParty:
    """A party that is a name only."""
    by = f.actor(f.manager(party(of, "seller").organisation))  # type: ignore[arg-type]  # the institute
    return actions.add_party(of, actions.PartyInput(side, name=name), by=by, now=clock.now())


def add_inventor(of: Deal) -> tuple[DealParty, Actor]:
    """An individual with an account on the seller's side."""
    account = f.account()
    row = add_name(of, "演示发明人", side="seller")
    DealParty.objects.filter(pk=row.pk).update(person=Person.objects.get(account=account), individual=True)
    row.refresh_from_db()
    return row, f.actor(account)


def broker_of(of: Deal, pair: s.Pair) -> Actor:
    """A broker who helps with the deal."""
    account = f.broker()
    actions.add_helper(of, person=f.person(account), by=pair.of_firm, now=clock.now())
    return f.actor(account)


class Meeting:
    """Two acts at once: the one that has checked waits until the other is committed, or for two seconds at most."""

    def __init__(self) -> None:
        """Nobody is through yet."""
        self.checked, self.through = threading.Event(), threading.Event()

    def after(self, check: Callable[..., Any]) -> Callable[..., Any]:
        """The check of the slow act: what it found is old when the quick act is through."""

        def wait(*args: Any) -> Any:
            found = check(*args)
            self.checked.set()
            self.through.wait(2)
            return found

        return wait

    def first(self, act: Callable[[], Any]) -> Callable[[], Any]:
        """The quick act: begins when the slow one has checked."""

        def run() -> Any:
            assert self.checked.wait(20)
            made = act()
            self.through.set()
            return made

        return run
