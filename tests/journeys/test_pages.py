"""A sample of every role's pages in a real browser: axe, console and sideways scroll are checked on each."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from mengkeju.deals import actions as deals
from mengkeju.deals.models import Intention
from mengkeju.kernel.actions import advance
from mengkeju.kernel.models import Account, Event
from mengkeju.listings import actions as listings
from mengkeju.listings.kinds import kinds
from mengkeju.listings.models import Listing
from tests import factories as f
from tests.deals import samples as pairs
from tests.listings import samples

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LONG = "气化细渣" * 1250
EVERYBODY = ("/workbench/", "/me/")


@dataclass(frozen=True)
class Region:
    """A small region in which every list has a row and the states of the main job occur."""

    pair: pairs.Pair
    to_answer: Intention
    talking: Intention
    introduced: Intention
    submitted: Listing
    draft: Listing
    sourced: Listing
    applicant: str
    logins: dict[str, Account]


def logins(pair: pairs.Pair) -> dict[str, Account]:
    """One login for each role."""
    return {
        "firm": f.manager(pair.firm),
        "institute": f.manager(pair.institute),
        "member": f.member(pair.institute),
        "broker": f.with_role("broker", area=f.BAOTOU, of=f.manager(f.organisation("演示经纪中心（演示）"))),
        "officer": f.officer(f.BAOTOU),
        "parent": f.officer(f.REGION),
        "operator": f.operator(),
        "security": f.security_admin(),
        "auditor": f.auditor(),
        "newcomer": f.account(),
    }


def intentions(pair: pairs.Pair, broker: Account) -> Iterator[Intention]:
    """One to answer, one being talked about, one introduced by a broker."""
    yield pair.declared(counter=pair.achievement, message="愿意提供样品")
    yield pair.bring(pair.declared(target=samples.published(pair.firm, title="渣水脱水的需求")), "talking")
    yield deals.introduce(
        target=samples.published(pair.firm, title="灰渣建材的需求"),
        counter=pair.achievement,
        by=f.actor(broker),
        now=pairs.NOW,
        message="两家互补",
    )


def region() -> Region:
    """Made through the actions."""
    pair = pairs.pair()
    accounts = logins(pair)
    to_answer, talking, introduced = intentions(pair, accounts["broker"])
    applicant = f.organisation("待核验演示厂（演示）", verified=False)
    advance(applicant, "submit", by=f.actor(f.manager(applicant)), now=f.AT)
    sourced, _new = listings.publish_from_source(
        listings.SourceEntry("achievement", "1", "公开报道的成果"),
        source="演示来源",
        owner=None,
        by=f.actor(accounts["operator"]),
        now=f.AT,
    )
    return Region(
        pair,
        to_answer,
        talking,
        introduced,
        samples.submitted(pair.firm, title="待审的需求"),
        samples.draft(pair.firm, title="还是草稿的需求"),
        sourced,
        applicant.get_absolute_url(),
        accounts,
    )


def firm_pages(made: Region) -> tuple[str, ...]:
    """What a firm's manager opens."""
    need, achievement = made.pair.need.get_absolute_url(), made.pair.achievement.get_absolute_url()
    draft, firm = made.draft.get_absolute_url(), made.pair.firm.get_absolute_url()
    return (
        "/workbench/",
        "/notices/",
        "/listings/mine/",
        "/listings/mine/?state=returned",
        "/listings/new/need/",
        "/listings/new/need/?all=1",
        draft,
        *(f"{draft}guide/{topic.key}/" for topic in kinds["need"].topics),
        f"{draft}edit/",
        f"{draft}submit/",
        need,
        f"{need}matches/?more=1",
        f"{achievement}intend/",
        "/intentions/",
        made.to_answer.get_absolute_url(),
        made.talking.get_absolute_url(),
        firm,
        f"{firm}edit/",
        "/colleagues/",
        "/me/",
        "/me/edit/",
        "/me/erase/",
        "/me/tokens/",
        "/accounts/2fa/",
    )


def pages(made: Region) -> dict[str, tuple[str, ...]]:
    """What each role opens; "visitor" is not signed in."""
    need, achievement = made.pair.need.get_absolute_url(), made.pair.achievement.get_absolute_url()
    firm = made.pair.firm.get_absolute_url()
    event = Event.objects.order_by("-pk").values_list("uid", flat=True)[0]
    return {
        "visitor": (
            "/",
            "/search/",
            "/search/?q=脱碳",
            "/search/?q=xyzzyqq",
            need,
            f"{need}history/",
            achievement,
            made.sourced.get_absolute_url(),
            firm,
            "/needs/at/need/",
            "/matching/how/",
            "/terms/",
            "/api/",
            "/accounts/login/",
            "/accounts/signup/",
            "/accounts/password/reset/",
        ),
        "newcomer": ("/start/", "/workbench/", "/notices/", "/intentions/", "/organisations/new/", "/accounts/email/"),
        "firm": firm_pages(made),
        "institute": (made.to_answer.get_absolute_url(), made.introduced.get_absolute_url(), "/listings/new/patent/"),
        "member": ("/workbench/", "/listings/new/achievement/", "/colleagues/"),
        "broker": (*EVERYBODY, made.introduced.get_absolute_url(), f"{need}introduce/{made.pair.achievement.uid}/"),
        "officer": (
            "/workbench/",
            "/notices/",
            "/reviews/",
            f"/reviews/{made.submitted.uid}/",
            "/verification/",
            made.applicant,
        ),
        "parent": (*EVERYBODY, "/verification/", need),
        "operator": (
            *EVERYBODY,
            "/vocabularies/",
            "/vocabularies/cluster/",
            "/areas/",
            f"/areas/{f.BAOTOU}/",
            "/jobs/",
        ),
        "security": (*EVERYBODY, "/people/", f"/people/{f.person(made.logins['firm']).uid}/", "/roles/", "/lockouts/"),
        "auditor": (*EVERYBODY, "/record/", f"/record/{event}/", "/record/verify/"),
    }


def send_errors(firm: Any) -> None:
    """Forms sent back: 422 with what is wrong at the top and beside the field, and what was written still there."""
    firm.go("/listings/new/need/?all=1")
    firm.fill(price_low="一百")
    firm.press("存为草稿，去核对")
    assert firm.sees("还有这些地方要改")
    assert firm.page.locator("#main [name=price_low]").input_value() == "一百"
    firm.go("/organisations/new/")
    firm.fill(name="校验演示厂（演示）", kind="enterprise", area=f.KUNDULUN, credit_code="91999900MA0Y0001X0")
    firm.press("登记单位")
    assert firm.sees("校验位不对")


def test_every_role_can_work_with_every_page(people: Any, background: Any) -> None:
    """Lists empty and filled, forms empty and refused, objects in their states, refusals."""
    made = region()
    background()
    for name, paths in pages(made).items():
        window = people(name)
        if name in made.logins:
            window.signed_in(made.logins[name])
        for path in paths:
            window.go(path)
            assert "/accounts/login/" not in window.page.url or name == "visitor", path
    send_errors(people("firm"))
    people("newcomer").refused("/listings/new/need/", 403)
    people("member").refused("/record/", 403)
    people("visitor").refused("/nothing-here/", 404)
    people("visitor").refused(f"/search/?q={LONG}", 400)
    assert people("firm").sees("登记单位")


def test_dark_and_elder_mode_keep_every_page_readable(people: Any, background: Any) -> None:
    """The two switches of the top bar, on a public page, a form, an object and the workbench."""
    made = region()
    background()
    firm = people("firm").signed_in(made.logins["firm"])
    firm.go("/")
    firm.page.evaluate("localStorage.setItem('mk.theme', 'dark'); localStorage.setItem('mk.elder', 'on')")
    for path in (
        "/",
        made.pair.need.get_absolute_url(),
        made.to_answer.get_absolute_url(),
        "/workbench/",
        "/listings/new/need/",
        "/search/?q=脱碳",
    ):
        firm.go(path)
        assert firm.page.locator("html").get_attribute("data-bs-theme") == "dark"
        assert firm.page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
