"""An event's list of signings: recorded by an officer, told to the parties, completed or objected to by them."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from mengkeju.deals import actions, queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.actions import PartyInput
from mengkeju.deals.actions.signing import Recorded, Signing
from mengkeju.deals.models import Deal
from mengkeju.deals.queries import cooperation
from mengkeju.kernel.access import Actor, RefusedError, may
from mengkeju.kernel.models import Duty, Event, Notice
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.deals import cooperation_samples as c
from tests.deals import deal_samples as d
from tests.deals import samples as s
from tests.listings.samples import text

pytestmark = pytest.mark.django_db
EVENT = "两市科技合作签约（演示）"
D = Decimal


def record(*rows: Signing, by: Actor | None = None, **given: Any) -> Recorded:
    said: dict[str, Any] = {"by": by or f.actor(f.officer()), "now": s.NOW}
    return actions.record_signings(given.pop("event", EVENT), given.pop("day", c.TODAY), rows, **(said | given))


@pytest.mark.covers("PRJ-03")
def test_a_list_becomes_signed_deals_with_parties_and_origin_and_no_act_of_theirs() -> None:
    pair = s.pair()
    officer = f.officer()
    outside = PartyInput("seller", name="京城演示院", area="110000")
    rows = (
        c.row(pair, sellers=(PartyInput("seller", pair.institute), outside), amount=D(5_000_000)),
        c.row(pair, title="演示：活动上签的合同", kind="contract", amount=D(2_000_000)),
        c.row(pair, title="演示：活动上签的协议", kind="agreement"),
    )
    made = record(*rows, by=f.actor(officer))
    project, contract, agreement = made.deals
    assert made.known == 0
    for deal in made.deals:
        assert (deal.state, deal.origin, deal.channel, deal.signed_on) == ("signed", "signing", EVENT, c.TODAY)
        events = Event.objects.filter(subject_uid=deal.uid).order_by("pk")
        assert [(e.type, e.actor_account) for e in events] == [
            ("deal.created", officer.uid), ("deal.sign_at_event", officer.uid),
        ]  # fmt: skip
        assert deal.keeper == pair.institute
        assert not {e.actor_organisation for e in events} & {pair.firm.uid, pair.institute.uid}
        assert not deal.texts.exists()
        for organisation in (pair.firm, pair.institute):
            told = Notice.objects.filter(account=f.manager(organisation).uid, subject_uid=deal.uid)
            assert told.filter(title__contains="请核对").exists()
    assert not Duty.objects.filter(key="sign_deal").exists()
    assert [(p.name, p.role) for p in project.parties.filter(side="seller")] == [
        (pair.institute.name, "lead"), ("京城演示院", "member"),
    ]  # fmt: skip
    assert cooperation.origin_counts(list(project.parties.all())) == (2, 1, 0)
    assert (project.contract_value, contract.contract_value, agreement.contract_value) == (None, D(2_000_000), None)
    line = project.funding_lines.get()
    assert (line.amount, line.source, line.giver) == (D(5_000_000), "other", EVENT)
    assert Duty.objects.filter(key="register_deal").count() == 1, "a contract has to be registered"


def test_the_same_row_of_the_same_event_is_recorded_once() -> None:
    pair = s.pair()
    first = record(c.row(pair))
    again = record(c.row(pair), c.row(pair, title="演示：另一项"))
    assert (again.deals[0], again.known, Deal.objects.count()) == (first.deals[0], 1, 2)
    other_day = record(c.row(pair), day=c.TODAY - timedelta(days=1))
    assert other_day.known == 0


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": " "}, "title"),
        ({"kind": "friendship"}, "kind"),
        ({"sellers": ()}, "seller"),
        ({"buyers": ()}, "buyer"),
        ({"amount": D(0)}, "amount"),
        ({"kind": "agreement", "amount": D(1)}, "amount"),
    ],
)
def test_a_wrong_row_is_named_and_nothing_is_recorded(change: dict[str, Any], field: str) -> None:
    pair = s.pair()
    with pytest.raises(ValidationError) as wrong:
        record(c.row(pair, title="好的一行"), replace(c.row(pair), **change))
    assert set(wrong.value.message_dict) == {f"rows.1.{field}"}
    assert not Deal.objects.exists()


def test_twice_the_same_title_or_party_no_event_and_the_future_are_refused() -> None:
    pair = s.pair()
    both = (PartyInput("buyer", pair.firm), PartyInput("buyer", pair.institute))
    for rows, given, fields in (
        ((c.row(pair), c.row(pair)), {}, {"rows.1.title"}),
        ((c.row(pair, buyers=both),), {}, {"rows.0.buyer"}),
        ((c.row(pair),), {"event": " "}, {"event"}),
        ((c.row(pair),), {"day": c.TODAY + timedelta(days=1)}, {"day"}),
        ((), {}, {"rows"}),
    ):
        with pytest.raises(ValidationError) as wrong:
            record(*rows, **given)
        assert set(wrong.value.message_dict) == fields


def test_only_officers_and_the_operator_record_and_read_what_they_recorded() -> None:
    pair = s.pair()
    operator, other = f.operator(), f.officer()
    [deal] = record(c.row(pair), by=f.actor(operator)).deals
    for account in (
        f.broker(),
        f.auditor(),
        f.manager(pair.firm),
        f.account(),
        f.with_role("registrar", area=f.HOHHOT),
    ):
        with pytest.raises(RefusedError):
            record(c.row(pair, title="别的"), by=f.actor(account))
    by = f.actor(operator)
    assert may(by, DealPerm.READ, deal)
    assert not may(by, DealPerm.READ_INSIDE, deal)
    assert not may(by, DealPerm.MOVE, deal)
    assert deal in queries.deals(by)
    assert not may(f.actor(other), DealPerm.READ, deal)
    assert deal not in queries.deals(f.actor(other))


def test_a_party_completes_it_with_the_text_that_was_signed() -> None:
    pair = s.pair()
    [deal] = record(c.row(pair)).deals
    assert queries.lacks_text(deal)
    actions.edit_deal(deal, {"title": "演示：名称写对了"}, by=pair.of_firm, now=s.NOW)
    actions.add_party(deal, PartyInput("seller", name="漏写的演示所"), by=pair.of_firm, now=s.NOW)
    c.shared(deal, pair, 50, 30, 20)
    assert deal.share_hindrance() == ""
    upload = d.files_upload("项目合同.pdf")
    made = actions.upload_text(deal, upload, role="main", by=pair.of_firm, now=s.NOW)
    assert made.version == 1
    assert not queries.lacks_text(deal)
    with pytest.raises(ValidationError) as wrong:
        actions.upload_text(deal, d.files_upload("又一份.pdf", b"x"), role="main", by=pair.of_firm, now=s.NOW)
    assert set(wrong.value.message_dict) == {"role"}
    c.package(deal, pair)
    for act in (
        lambda: actions.edit_deal(deal, {"title": "又改名"}, by=pair.of_firm, now=s.NOW),
        lambda: actions.add_party(deal, PartyInput("buyer", name="某厂"), by=pair.of_firm, now=s.NOW),
    ):
        with pytest.raises((ValidationError, TransitionRefusedError), match="补充协议"):
            act()
    actions.edit_deal(deal, {"summary": "研究稀土永磁（演示）"}, by=pair.of_institute, now=s.NOW)


def test_an_objection_reaches_who_recorded_it() -> None:
    pair = s.pair()
    officer = f.officer()
    [deal] = record(c.row(pair), by=f.actor(officer)).deals
    actions.move_deal(deal, "dispute", by=pair.of_firm, now=s.NOW, note="我们没有签过")
    assert Deal.objects.get().state == "disputed"
    assert Notice.objects.filter(account=officer.uid, subject_uid=deal.uid).exists()


# ---- The page ---------------------------------------------------------------------------------------


def sent(pair: s.Pair, **given: str) -> dict[str, str]:
    row = {
        "kind": "joint_project",
        "title": "演示：联合攻关",
        "seller": f"{pair.institute.name}；京城演示院",
        "buyer": pair.firm.credit_code or pair.firm.name,
        "amount": "200万",
        "place": "110000",
    }
    cells = {f"rows-0-{key}": value for key, value in row.items()}
    return {"event": EVENT, "day": c.TODAY.isoformat(), **cells, **given}


def office(login: Any = None) -> Client:
    return f.signed_in_client(login or f.officer())


@pytest.mark.covers("PRJ-03")
def test_an_officer_types_the_list_and_the_parties_find_it_on_their_page() -> None:
    pair = s.pair()
    client = office()
    address = reverse("deal-signings")
    assert address in text(client.get(reverse("deals")))
    answer = client.post(address, sent(pair), follow=True)
    shown = text(answer)
    assert ("记下 1 项签约" in shown, "京城演示院" in shown, "演示：联合攻关" in shown) == (True, True, True)
    deal = Deal.objects.get()
    assert [p.area for p in deal.parties.filter(organisation=None)] == ["110000"]
    page = text(client.get(deal.get_absolute_url()))
    assert ("演示：联合攻关" in page, EVENT in page, "经费来源" in page) == (True, True, False)
    assert "京城演示院" in page, "the name of a body that is not here is no secret to who wrote it"
    own = text(pair.client("firm").get(deal.get_absolute_url()))
    for words in ("核对签约清单上的这一项", "还缺：", "经费来源", "200万元"):
        assert words in own, words
    again = text(client.post(address, sent(pair), follow=True))
    assert "有 1 项以前记过" in again


def test_a_wrong_cell_is_marked_and_every_word_stays() -> None:
    pair = s.pair()
    client, address = office(), reverse("deal-signings")
    for change, says in (
        ({"rows-0-amount": "面包"}, "第 1 行“金额”"),
        ({"rows-0-seller": pair.firm.name}, "同一家单位写了两次"),
        ({"rows-0-title": ""}, "没填“名称”"),
    ):
        answer = client.post(address, sent(pair, **change))
        assert (answer.status_code, says in text(answer), "京城演示院" in answer.content.decode() or
                "rows-0-seller" in change) == (422, True, True), says  # fmt: skip
    more = client.post(address, sent(pair, more="1"))
    assert (more.status_code, "演示：联合攻关" in more.content.decode()) == (200, True)
    assert not Deal.objects.exists()


def test_others_do_not_reach_the_list() -> None:
    pair = s.pair()
    address = reverse("deal-signings")
    assert Client().get(address).status_code == 302
    for client in (pair.client("firm"), f.signed_in_client(f.broker()), f.signed_in_client(f.auditor())):
        assert client.get(address).status_code == 403
        assert client.post(address, sent(pair)).status_code == 403
        assert address not in text(client.get(reverse("deals")))
