"""Invented contracts (演示) that are signed and applied for: one registered and partly paid, the others at the desk."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from functools import cache, partial
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from mengkeju.deals import actions
from mengkeju.deals.actions import Certificate, Part, PartyInput
from mengkeju.deals.engine.application import Particulars
from mengkeju.deals.engine.precheck_facts import CLAUSES
from mengkeju.deals.engine.price import Line
from mengkeju.deals.models import Deal, PaymentRecord, Registration
from mengkeju.demo.disclosure import sheet
from mengkeju.demo.files import read
from mengkeju.demo.scene import Scene
from mengkeju.demo.timeline import Timeline
from mengkeju.directory.models import Organisation
from mengkeju.kernel import clock
from mengkeju.kernel.access import Actor

REGISTRAR = "registrar"
BLANK = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
FROM = {
    "accept": ("filed",),
    "supplement": ("filed", "accepted"),
    "expert": ("accepted",),
    "register": ("accepted", "expert"),
    "refuse": ("accepted",),
    "object": ("refused",),
}
"""The states in which an act of the file is still to be done; whoever has gone on with a case is left alone."""
Row = dict[str, Any]
Act = Callable[[Row, Row, datetime], None]


class Registrations(Scene):
    """Each case is opened, agreed and signed on one day; what the file says of it follows."""

    def plan(self, timeline: Timeline) -> None:
        """One thread a case."""
        acts = self.acts()
        for row in read("registrations")["cases"]:
            thread = timeline.thread(row["key"])
            thread.ago(row["signed_days_ago"], partial(self.conclude, row))
            for act in row["acts"]:
                thread.ago(act["days_ago"], partial(acts[act["do"]], row, act), afternoon=True)

    def acts(self) -> dict[str, Act]:
        """What may happen to a case, by its word in the files; each act gets the case, the act and the time."""
        return {
            "apply": self.apply,
            "pay": self.pay,
            "confirm_payment": self.confirm_payment,
            **{key: partial(self.decide, key) for key in FROM},
        }

    def deal(self, row: Row) -> Deal | None:
        """The deal of a case, once it is there."""
        return deal_of(row, self.organisation(row["seller"]))

    def _case(self, row: Row) -> Registration | None:
        rows = Registration.objects.select_related("deal", "applicant")
        return rows.filter(deal=self.deal(row)).order_by("-pk").first()

    def begin(self, row: Row, now: datetime) -> Deal:
        """Opened by the buyer, about the listing that the file names, if it names one."""
        found = self.deal(row)
        if found is not None:
            return found
        about = row.get("need") or row.get("achievement")
        return actions.start_deal(
            row["title"],
            own=PartyInput("buyer", self.organisation(row["buyer"])),
            other=PartyInput("seller", self.organisation(row["seller"])),
            origin="listing" if about else "roadshow",
            listing=self.listing(about) if about else None,
            by=self.by(row["buyer"]),
            now=now,
        )

    def conclude(self, row: Row, now: datetime) -> None:
        """Priced and written by the seller, confirmed by both, signed; opened first where it is not."""
        deal = self.begin(row, now)
        if deal.state != "talking" or deal.texts.exists():
            return
        seller, buyer = self.by(row["seller"]), self.by(row["buyer"])
        today = clock.today(now)
        given = {
            **{name: row[name] for name in ("summary", "field", "ip_kind")},
            "ip_terms": read("registrations")["common"]["ip_terms"],
            "plan_source": "none",
            "effective_from": today,
            "effective_until": date(today.year + 2, 12, 31),
        }
        deal = actions.edit_deal(deal, given, by=seller, now=now)
        self._price(deal, row, seller, now)
        text = actions.upload_text(deal, contract(row), role="main", by=seller, now=now)
        for party in deal.parties.filter(archived_at=None):
            by = seller if party.side == "seller" else buyer
            actions.confirm_text(text, party=party, sm3=text.sm3, by=by, now=now)
        actions.sign_deal(deal, signed_on=today, by=buyer, now=now)

    def _price(self, deal: Deal, row: Row, by: Actor, now: datetime) -> None:
        parts = [Part(Decimal(amount), condition=condition) for condition, amount in row["parts"]]
        actions.set_price(
            deal,
            mode="instalments" if parts else "fixed",
            lines=[Line(kind, Decimal(amount), label) for kind, label, amount in row["lines"]],
            instalments=parts,
            by=by,
            now=now,
        )

    def apply(self, row: Row, _act: Row, now: datetime) -> None:
        """The seller prepares the application, answers what is asked, adds the files and hands it in."""
        deal, by = self.deal(row), self.by(row["seller"])
        if deal is None or deal.registrations.exists():
            return
        plan = read("registrations")
        kind = plan["types"][row["type"]]
        case = actions.prepare_registration(deal, by=by, now=now)
        case = actions.edit_registration(
            case,
            answers=kind["answers"],
            contract_type=row["type"],
            contract_subtype=kind["subtype"],
            is_import=False,
            by=by,
            now=now,
        )
        clauses = dict.fromkeys(CLAUSES, "present") | dict.fromkeys(plan["common"]["clauses_none"], "none")
        said = Particulars(
            flags=frozenset(case.particulars["flags"]),
            clauses=clauses,
            ip_numbers=tuple(row.get("rights", ())),
            invoice="ordinary",
            complete_text=True,
        )
        case = actions.edit_particulars(case, said, by=by, now=now)
        for key, name in plan["common"]["papers"].items():
            actions.attach_document(case, key, paper(name, ("演示材料，虚构。",)), by=by, now=now)
        actions.file_registration(case, declared_true=True, by=by, now=now)

    def decide(self, do: str, row: Row, act: Row, now: datetime) -> None:
        """What the registrar does, or a party against it."""
        case = self._case(row)
        if case is None or case.state not in FROM[do]:
            return
        by = self.by(row[act["by"]] if act.get("by") in row else REGISTRAR)
        note = act.get("note", "")
        does: dict[str, Callable[[], object]] = {
            "accept": lambda: actions.accept_registration(case, by=by, now=now),
            "supplement": lambda: actions.ask_supplement(case, note, by=by, now=now),
            "expert": lambda: actions.send_to_expert(case, by=by, now=now),
            "register": lambda: actions.register_contract(case, certificate(case, act, now), by=by, now=now),
            "refuse": lambda: actions.refuse_registration(case, read("registrations")["refuse_note"], by=by, now=now),
            "object": lambda: actions.object_to(case, note, by=by, now=now),
        }
        does[do]()

    def _payment(self, row: Row, act: Row) -> PaymentRecord | None:
        return PaymentRecord.objects.filter(deal=self.deal(row), voucher_number=act["voucher"]).first()

    def pay(self, row: Row, act: Row, now: datetime) -> None:
        """One side says that so much was paid, with the bank's slip."""
        deal = self.deal(row)
        if deal is None or self._payment(row, act) is not None:
            return
        sides = {party.side: party for party in deal.parties.filter(archived_at=None, role="lead")}
        slip = paper(f"{act['voucher']}.pdf", (row["title"], f"{act['amount']} 元", "演示回单，虚构。"))
        actions.record_payment(
            deal,
            payer=sides["buyer"],
            payee=sides["seller"],
            paid_on=clock.today(now),
            amount=Decimal(act["amount"]),
            technical_amount=Decimal(act["technical"]),
            voucher_number=act["voucher"],
            vouchers=[slip],
            by=self.by(row[act["by"]]),
            now=now,
        )

    def confirm_payment(self, row: Row, act: Row, now: datetime) -> None:
        """The other side's word."""
        payment = self._payment(row, act)
        if payment is not None and payment.archived_at is None:
            actions.confirm_payment(payment, by=self.by(row[act["by"]]), now=now)


def deal_of(row: Row, seller: Organisation) -> Deal | None:
    """The deal of a case, once it is there."""
    return Deal.objects.filter(title=row["title"], parties__organisation=seller, fictional=True).first()


def certificate(case: Registration, act: Row, now: datetime) -> Certificate:
    """What a national system would have given: as applied for, with an invented number."""
    return Certificate(
        number=act["number"],
        registered_on=clock.today(now),
        body_name=act["body"],
        contract_value=case.applied_value,
        technology_value=case.applied_technology,
        contract_type=case.contract_type,
        contract_subtype=case.contract_subtype,
    )


def contract(row: Row) -> SimpleUploadedFile:
    """The text of a contract as a page: its title and its lines."""
    lines = [f"{label} {amount} 元" for _kind, label, amount in row["lines"]]
    return paper("技术合同（演示）.pdf", (row["title"], "演示合同，虚构。", *lines))


def paper(name: str, lines: tuple[str, ...]) -> SimpleUploadedFile:
    """A file that says what it stands for; an empty one without a font to draw it."""
    return SimpleUploadedFile(name, _drawn(lines), content_type="application/pdf")


@cache
def _drawn(lines: tuple[str, ...]) -> bytes:
    page = sheet("page.pdf", list(lines))
    return page.read() if page is not None else BLANK + "\n".join(f"% {line}" for line in lines).encode()
