"""Projects, agreements and centres: what they ask for, what they carry, packages, funding, terms, years."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError

from mengkeju.deals import actions, queries
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.kinds import kinds
from mengkeju.deals.models import Deal
from mengkeju.deals.queries import cooperation
from mengkeju.kernel.access import Actor, RefusedError
from mengkeju.kernel.models import Duty, Event, Notice
from mengkeju.kernel.workflow import TransitionRefusedError
from tests import factories as f
from tests.deals import cooperation_samples as c
from tests.deals import deal_samples as d
from tests.deals import samples as s

pytestmark = pytest.mark.django_db
D = Decimal
WITHOUT_PRICE = [key for key, kind in kinds.items() if not kind.has(Step.PRICE)]


def sign(deal: Deal, pair: s.Pair) -> Deal:
    return actions.sign_deal(deal, signed_on=c.TODAY, by=pair.of_firm, now=s.NOW)


# ---- Opening and signing ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", list(kinds))
def test_an_intention_becomes_any_kind_once(kind: str) -> None:
    pair = s.pair()
    intention = pair.bring(pair.declared(counter=pair.achievement), "talking")
    deal = actions.open_deal(intention, by=pair.of_firm, now=s.NOW, kind=kind)
    assert (deal.kind, deal.need, deal.achievement) == (kind, pair.need, pair.achievement)
    assert deal.number.startswith(f"{kinds[kind].number_prefix}-{s.NOW.year}-")
    assert actions.open_deal(intention, by=pair.of_institute, now=s.NOW, kind="contract") == deal
    with pytest.raises(ValidationError) as wrong:
        actions.open_deal(intention, by=pair.of_firm, now=s.NOW, kind="friendship")
    assert set(wrong.value.message_dict) == {"kind"}


@pytest.mark.parametrize("kind", WITHOUT_PRICE)
def test_what_a_kind_has_not_is_refused_and_enters_no_sum(kind: str) -> None:
    pair = s.pair()
    deal = c.signed(kind, pair)
    assert (deal.state, deal.contract_value) == ("signed", None)
    assert not Duty.objects.filter(key="register_deal").exists()
    assert not queries.may_prepare(pair.of_institute, deal)
    assert not queries.may_price(pair.of_firm, deal)
    assert not queries.may_pay(pair.of_firm, deal)
    with pytest.raises(TransitionRefusedError):
        actions.prepare_registration(deal, by=pair.of_institute, now=s.NOW)
    with pytest.raises(TransitionRefusedError):
        actions.correct_price(deal, "演示", mode="fixed", lines=[], by=pair.of_firm, now=s.NOW)


@pytest.mark.covers("PRJ-07")
def test_a_project_is_signed_when_the_shares_sum_to_a_hundred() -> None:
    pair = s.pair()
    deal = d.confirmed(c.made("joint_project", pair))
    with pytest.raises(TransitionRefusedError, match="写明理由"):
        sign(deal, pair)
    c.shared(deal, pair, 60, 30)
    with pytest.raises(TransitionRefusedError, match="合计 90%"):
        sign(deal, pair)
    c.shared(deal, pair, 60, 40)
    assert sign(deal, pair).state == "signed"


def test_shares_may_stay_open_wholly_with_the_reason() -> None:
    pair = s.pair()
    deal = c.made("joint_project", pair)
    actions.edit_deal(deal, {"ip_terms": "成果形成后另行约定"}, by=pair.of_firm, now=s.NOW)
    first = deal.parties.order_by("order")[0]
    actions.edit_party(first, ip_share=D(100), deducts="", by=pair.of_firm, now=s.NOW)
    d.confirmed(deal)
    with pytest.raises(TransitionRefusedError, match="要么各方都写"):
        sign(deal, pair)
    actions.edit_party(first, ip_share=None, deducts="", by=pair.of_firm, now=s.NOW)
    assert sign(deal, pair).state == "signed"


@pytest.mark.parametrize("kind", ["agreement", "joint_centre"])
def test_a_term_is_written_before_signing(kind: str) -> None:
    pair = s.pair()
    deal = d.confirmed(c.made(kind, pair))
    with pytest.raises(TransitionRefusedError, match="有效期止"):
        sign(deal, pair)
    c.termed(deal, pair)
    assert sign(deal, pair).state == "signed"


def test_a_contract_is_signed_without_shares_and_term() -> None:
    pair = s.pair()
    assert sign(d.confirmed(c.made("contract", pair)), pair).state == "signed"


# ---- What carries what ------------------------------------------------------------------------------


@pytest.mark.covers("PRJ-26")
def test_a_contract_below_a_project_below_an_agreement_seen_from_both_sides() -> None:
    pair = s.pair()
    agreement, project, contract = (c.made(kind, pair) for kind in ("agreement", "joint_project", "contract"))
    for part, above in ((project, agreement), (contract, project)):
        assert above in cooperation.fitting_parents(pair.of_firm, part)
        actions.set_parent(part, above, by=pair.of_institute, now=s.NOW)
        part.refresh_from_db()
        assert cooperation.parent_of(pair.of_firm, part) == above
        assert cooperation.parts_of(pair.of_firm, above) == [part]
    assert Event.objects.filter(type="deal.parent_set").count() == Event.objects.filter(type="deal.part_added").count()
    stranger = f.actor(f.manager(f.organisation()))
    assert cooperation.parts_of(stranger, agreement) == []
    actions.set_parent(project, None, by=pair.of_firm, now=s.NOW)
    assert cooperation.parts_of(pair.of_firm, agreement) == []


@pytest.mark.parametrize(
    ("part", "above"),
    [
        ("agreement", "joint_project"),
        ("joint_project", "contract"),
        ("contract", "contract"),
        ("contract", "joint_centre"),
    ],
)
def test_a_kind_hangs_only_below_what_may_carry_it(part: str, above: str) -> None:
    pair = s.pair()
    child, parent = c.made(part, pair), c.made(above, pair)
    assert parent not in cooperation.fitting_parents(pair.of_firm, child)
    with pytest.raises(ValidationError) as wrong:
        actions.set_parent(child, parent, by=pair.of_firm, now=s.NOW)
    assert set(wrong.value.message_dict) == {"parent"}


def test_no_circle_even_where_the_kinds_would_let_it() -> None:
    pair = s.pair()
    project, agreement = c.made("joint_project", pair), c.made("agreement", pair)
    Deal.objects.filter(pk=agreement.pk).update(parent=project)  # past the kinds: only a test may
    agreement.refresh_from_db()
    with pytest.raises(ValidationError, match="本来就归在这一项下面"):
        actions.set_parent(project, agreement, by=pair.of_firm, now=s.NOW)


def test_only_a_party_of_both_and_only_below_what_runs() -> None:
    pair = s.pair()
    others = s.pair()
    child, foreign, over = c.made("contract", pair), c.made("agreement", others), c.made("agreement", pair)
    with pytest.raises(RefusedError):
        actions.set_parent(child, foreign, by=pair.of_firm, now=s.NOW)
    with pytest.raises(RefusedError):
        actions.set_parent(child, over, by=others.of_firm, now=s.NOW)
    actions.move_deal(over, "terminate", by=pair.of_firm, now=s.NOW, note="不做了")
    with pytest.raises(ValidationError, match="已经结束"):
        actions.set_parent(child, over, by=pair.of_firm, now=s.NOW)
    told = d.from_source(pair, kind="agreement")
    with pytest.raises(ValidationError, match="公开资料"):
        actions.set_parent(child, told, by=pair.of_firm, now=s.NOW)


def uids(deal: Deal, *sides: str) -> list[Any]:
    rows = deal.parties.filter(archived_at=None)
    return list((rows.filter(side__in=sides) if sides else rows).values_list("uid", flat=True))


@pytest.mark.covers("PRJ-07")
def test_a_contract_opened_from_a_project_takes_its_parties_over() -> None:
    pair = s.pair()
    project = d.with_members(pair)
    Deal.objects.filter(pk=project.pk).update(kind="joint_project", field="演示", channel="演示大会")
    project.refresh_from_db()
    made = actions.open_part(project, "contract", "其中的合同", parties=uids(project), by=pair.of_firm, now=s.NOW)
    assert (made.parent, made.kind, made.keeper) == (project, "contract", pair.firm)
    assert (made.need, made.achievement, made.channel) == (project.need, project.achievement, "演示大会")
    assert made.intention is None, "an intention becomes one deal"
    before = [
        (p.side, p.role, p.organisation_id, p.name, p.individual) for p in project.parties.order_by("side", "order")
    ]
    after = [(p.side, p.role, p.organisation_id, p.name, p.individual) for p in made.parties.order_by("side", "order")]
    assert after == before
    some = [p.uid for p in project.parties.all() if p.organisation in {pair.firm, pair.institute}]
    fewer = actions.open_part(project, "contract", "另一份", parties=some, by=pair.of_institute, now=s.NOW)
    assert [p.name for p in fewer.parties.order_by("side")] == [pair.firm.name, pair.institute.name]
    assert all(p.role == "lead" for p in fewer.parties.all())


def test_a_part_needs_both_sides_a_title_and_a_fitting_kind() -> None:
    pair = s.pair()
    project = c.made("joint_project", pair)

    def wrong(kind: str = "contract", title: str = "合同", parties: list[Any] | None = None) -> set[str]:
        chosen = uids(project) if parties is None else parties
        with pytest.raises(ValidationError) as refused:
            actions.open_part(project, kind, title, parties=chosen, by=pair.of_firm, now=s.NOW)
        return set(refused.value.message_dict)

    assert wrong(kind="agreement") == {"kind"}
    assert wrong(title=" ") == {"title"}
    assert wrong(parties=uids(project, "buyer")) == {"parties"}
    assert wrong(parties=[]) == {"parties"}
    with pytest.raises(RefusedError):
        actions.open_part(
            project, "contract", "合同", parties=uids(project), by=f.actor(f.manager(f.organisation())), now=s.NOW
        )
    assert Deal.objects.count() == 1


# ---- Packages and funding ---------------------------------------------------------------------------


@pytest.mark.covers("PRJ-07", "PRJ-16")
def test_packages_and_funding_are_summed_and_compared() -> None:
    pair = s.pair()
    project = c.made("joint_project", pair)
    first, _second = c.package(project, pair, 80), c.package(project, pair, None, title="第二项")
    c.funding(project, pair, 50)
    own = c.funding(project, pair, 20, source="own", said_by_plan="")
    rows, lines = cooperation.packages_of(pair.of_firm, project), cooperation.funding_of(pair.of_firm, project)
    found = cooperation.budget(rows, lines)
    assert (found.planned, found.funded, found.public, found.own) == (D(800_000), D(700_000), D(500_000), D(200_000))
    assert (found.beyond, found.open_packages) == (D(100_000), 1)
    assert cooperation.funding_sums(pair.of_firm, [project]) == {project.pk: (D(700_000), D(500_000))}
    actions.remove_package(first, "并入第二项", by=pair.of_institute, now=s.NOW)
    actions.remove_funding(own, "没有落实", by=pair.of_institute, now=s.NOW)
    assert [row.title for row in cooperation.packages_of(pair.of_firm, project)] == ["第二项"]
    assert cooperation.funding_sums(pair.of_firm, [project]) == {project.pk: (D(500_000), D(500_000))}
    stranger = f.actor(f.manager(f.organisation()))
    assert cooperation.funding_sums(stranger, [project]) == {}
    assert cooperation.packages_of(stranger, project) == []


def test_a_package_is_changed_with_what_stood_before_and_told() -> None:
    pair = s.pair()
    project = c.made("joint_project", pair)
    row = c.package(project, pair, 80)
    Notice.objects.all().delete()
    changed = actions.write_package(
        project,
        {
            "title": "改过的任务",
            "lead": row.lead,
            "content": "",
            "begins_on": None,
            "ends_on": None,
            "budget": D(1),
        },
        package=row,
        by=pair.of_firm,
        now=s.NOW,
    )
    assert (changed.pk, changed.title) == (row.pk, "改过的任务")
    body = Event.objects.get(type="deal.package_edited").payload.body
    assert (body["before"]["title"], body["after"]["title"]) == ("演示任务", "改过的任务")
    assert Notice.objects.filter(account=f.manager(pair.institute).uid).exists()


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"title": " "}, "title"),
        ({"lead": None}, "lead"),
        ({"begins_on": c.TODAY, "ends_on": c.TODAY - timedelta(days=1)}, "ends_on"),
        ({"budget": D(-1)}, "budget"),
        ({"budget": D("0.001")}, "budget"),
    ],
)
def test_a_wrong_package_is_refused_at_its_field(given: dict[str, Any], field: str) -> None:
    pair = s.pair()
    project = c.made("joint_project", pair)
    with pytest.raises(ValidationError) as wrong:
        c.package(project, pair, **given)
    assert set(wrong.value.message_dict) == {field}


@pytest.mark.parametrize(
    ("given", "field"),
    [({"source": "moon"}, "source"), ({"amount": D(0)}, "amount"), ({"year": 99}, "year")],
)
def test_wrong_funding_is_refused_at_its_field(given: dict[str, Any], field: str) -> None:
    pair = s.pair()
    project = c.made("joint_project", pair)
    with pytest.raises(ValidationError) as wrong:
        c.funding(project, pair, **given)
    assert set(wrong.value.message_dict) == {field}


def test_the_parties_of_another_deal_lead_nothing_here() -> None:
    pair = s.pair()
    project, other = c.made("joint_project", pair), c.made("joint_project", pair)
    foreign = other.parties.get(side="seller")
    for act, field in ((lambda: c.package(project, pair, lead=foreign), "lead"),
                       (lambda: c.funding(project, pair, party=foreign), "party")):  # fmt: skip
        with pytest.raises(ValidationError) as wrong:
            act()
        assert set(wrong.value.message_dict) == {field}


def test_who_leads_a_package_is_not_removed() -> None:
    pair = s.pair()
    project = d.with_members(pair)
    Deal.objects.filter(pk=project.pk).update(kind="joint_project")
    project.refresh_from_db()
    member = project.parties.get(side="seller", role="member")
    c.package(project, pair, lead=member)
    with pytest.raises(TransitionRefusedError, match="牵头着任务"):
        actions.remove_party(member, "退出", by=pair.of_firm, now=s.NOW)


@pytest.mark.parametrize("kind", list(kinds))
def test_packages_and_funding_only_where_the_kind_has_them(kind: str) -> None:
    pair = s.pair()
    deal = c.made(kind, pair)
    for step, act in ((Step.PACKAGES, c.package), (Step.FUNDING, c.funding)):
        if kinds[kind].has(step):
            act(deal, pair)
        else:
            with pytest.raises(TransitionRefusedError, match="没有这一步"):
                act(deal, pair)


def test_a_package_is_taken_off_once_with_a_reason_and_nothing_changes_when_it_is_over() -> None:
    pair = s.pair()
    project = c.made("joint_project", pair)
    row = c.package(project, pair)
    with pytest.raises(ValidationError) as wrong:
        actions.remove_package(row, " ", by=pair.of_firm, now=s.NOW)
    assert set(wrong.value.message_dict) == {"reason"}
    actions.remove_package(row, "不做", by=pair.of_firm, now=s.NOW)
    with pytest.raises(TransitionRefusedError, match="已经移去"):
        actions.remove_package(row, "不做", by=pair.of_firm, now=s.NOW)
    actions.move_deal(project, "terminate", by=pair.of_firm, now=s.NOW, note="停")
    with pytest.raises(TransitionRefusedError, match="已经结束"):
        c.package(project, pair)


# ---- Who may ----------------------------------------------------------------------------------------


def writes(deal: Deal, by: Actor) -> list[Any]:
    """Every write of this file, by somebody."""
    lead = deal.parties.get(side="seller", role="lead")
    package = {"title": "任务", "lead": lead, "content": "", "begins_on": None, "ends_on": None, "budget": None}
    money = {"source": "own", "party": None, "giver": "", "year": None, "amount": D(1), "said_by_plan": ""}
    return [
        lambda: actions.write_package(deal, package, by=by, now=s.NOW),
        lambda: actions.write_funding(deal, money, by=by, now=s.NOW),
        lambda: actions.report_year(deal, c.TODAY.year, c.result(), by=by, now=s.NOW),
        lambda: actions.set_parent(deal, None, by=by, now=s.NOW),
        lambda: actions.open_part(deal, "contract", "合同", parties=[], by=by, now=s.NOW),
    ]


def test_nobody_but_a_party_writes() -> None:
    pair = s.pair()
    project = c.signed("joint_project", pair)
    for account in (f.broker(), f.auditor(), f.officer(), f.operator(), f.manager(f.organisation()), f.account()):
        for act in writes(project, f.actor(account)):
            with pytest.raises(RefusedError):
                act()
