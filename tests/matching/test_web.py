"""The pages of matching, as the people who get them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from mengkeju.kernel import panels, subjects
from mengkeju.kernel.access import ANONYMOUS, Actor
from mengkeju.listings.models import Listing
from mengkeju.matching import actions
from mengkeju.matching.actions import compute
from mengkeju.matching.models import Feedback, Outcome, Proposal, Showing
from tests import exported, factories
from tests.matching import world

pytestmark = pytest.mark.django_db


def owner_client(listing: Listing) -> Client:
    assert listing.owner is not None
    return factories.signed_in_client(factories.manager(listing.owner))


def owner(listing: Listing) -> Actor:
    assert listing.owner is not None
    return factories.actor(factories.manager(listing.owner))


def first(listing: Listing) -> Proposal:
    return Proposal.objects.select_related("need__owner", "achievement__owner").get(need=listing, need_rank=1)


def ours(actor: Actor, slot: str, listing: Listing) -> dict[str, dict[str, Any]]:
    """The panels of matching on a listing's page."""
    return {p.key: p.context for p in panels.build(actor, "listing", slot, listing) if p.key.startswith("matching.")}


@pytest.fixture
def needs() -> list[Listing]:
    return world.matched()[0]


def test_the_list_is_for_the_owner(needs: list[Listing]) -> None:
    url = reverse("listing-matches", args=[needs[0].uid])
    assert Client().get(url).status_code == 302
    stranger = factories.signed_in_client(factories.manager(factories.organisation()))
    assert stranger.get(url).status_code == 403
    hidden = world.listing("need", "未公开的需求", "不对外", publish=False)
    assert stranger.get(reverse("listing-matches", args=[hidden.uid])).status_code == 404
    page = owner_client(needs[0]).get(url)
    assert page.status_code == 200
    text = page.content.decode()
    assert "推荐 1 项成果" in text
    assert world.ACHIEVEMENTS[0][0] in text
    assert "<mark>" in text
    assert world.ACHIEVEMENTS[3][0] not in text
    assert Showing.objects.count() == 1
    more = owner_client(needs[0]).get(url, {"more": "1"}).content.decode()
    assert world.ACHIEVEMENTS[3][0] in more


def test_setting_aside_and_taking_back(needs: list[Listing]) -> None:
    proposal, client = first(needs[0]), owner_client(needs[0])
    dismiss = reverse("match-dismiss", args=[proposal.uid])
    given = {"reason": "too_early", "listing": str(needs[0].uid)}
    assert client.get(dismiss).status_code == 405
    assert Client().post(dismiss, given).status_code == 302
    assert factories.signed_in_client(factories.account()).post(dismiss, given).status_code == 404
    assert factories.signed_in_client(factories.officer()).post(dismiss, given).status_code == 403
    assert not Feedback.objects.exists()
    for _ in range(2):  # a double click
        answer = client.post(dismiss, given, follow=True)
    text = answer.content.decode()
    assert "暂不考虑的 1 项" in text
    assert "阶段过早" in text
    assert Feedback.objects.count() == 1
    answer = client.post(reverse("match-restore", args=[proposal.uid]), {"listing": str(needs[0].uid)}, follow=True)
    assert "暂不考虑的" not in answer.content.decode()


def test_a_missing_reason_is_said_in_words(needs: list[Listing]) -> None:
    answer = owner_client(needs[0]).post(
        reverse("match-dismiss", args=[first(needs[0]).uid]),
        {"reason": "other", "listing": str(needs[0].uid)},
        follow=True,
    )
    assert "请写明说明" in answer.content.decode()


def test_going_back_leads_nowhere_else(needs: list[Listing]) -> None:
    answer = owner_client(needs[0]).post(
        reverse("match-dismiss", args=[first(needs[0]).uid]), {"reason": "vague", "listing": "//example.org"}
    )
    assert answer["Location"].startswith(reverse("listing-matches", args=[needs[0].uid]))


def test_opening_is_noted_and_leads_to_the_other_listing(needs: list[Listing]) -> None:
    proposal, client = first(needs[0]), owner_client(needs[0])
    actions.note_shown([(proposal, 1)], by=owner(needs[0]), now=world.AT)
    answer = client.get(reverse("match-open", args=[proposal.uid, "achievement"]))
    assert answer["Location"] == f"{proposal.achievement.get_absolute_url()}?from=match&p={proposal.uid}"
    assert Outcome.objects.filter(proposal=proposal, step="opened").exists()
    assert client.get(f"/matching/{proposal.uid}/open/elsewhere/").status_code == 404
    stranger = factories.signed_in_client(factories.account())
    assert stranger.get(reverse("match-open", args=[proposal.uid, "need"])).status_code == 404


def test_how_it_is_computed_is_public_and_the_log_is_a_choice() -> None:
    text = Client().get(reverse("match-how")).content.decode()
    for words in ("高度匹配", "第24条", "cold-", "365"):
        assert words in text
    client = factories.signed_in_client(factories.account())
    assert "同意记我本人" in client.get(reverse("match-how")).content.decode()
    assert "您已同意" in client.post(reverse("match-showing-consent"), {"on": "1"}, follow=True).content.decode()
    assert "同意记我本人" in client.post(reverse("match-showing-consent"), {"on": "0"}, follow=True).content.decode()
    assert Client().post(reverse("match-showing-consent"), {"on": "1"}).status_code == 302


def test_titles_are_escaped() -> None:
    need = world.listing("need", *world.NEEDS[0])
    world.listing("achievement", "<script>alert(1)</script>气化细渣脱碳与高值利用", "气化细渣脱水脱碳做填料")
    compute.match_all(now=world.AT)
    text = owner_client(need).get(reverse("listing-matches", args=[need.uid])).content.decode()
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text


def test_panels_of_a_listing(needs: list[Listing]) -> None:
    firm = owner(needs[0])
    assert ours(firm, "main", needs[0])["matching.list"]["count"] == 1
    assert ours(firm, "next", needs[0])["matching.next"]["count"] == 1
    for actor in (ANONYMOUS, factories.actor(factories.manager(factories.organisation()))):
        assert ours(actor, "main", needs[0]) == ours(actor, "next", needs[0]) == {}
    assert needs[0].owner is not None
    actions.dismiss(first(needs[0]), needs[0].owner, "vague", "", by=firm, now=world.AT)
    assert ours(firm, "next", needs[0]) == {}


def test_the_panel_says_why_it_is_empty() -> None:
    need = world.listing("need", "海水淡化膜", "反渗透膜国产化")
    world.note_events()
    assert ours(owner(need), "main", need)["matching.list"]["waiting"]
    compute.compute_waiting(now=world.AT)
    assert not ours(owner(need), "main", need)["matching.list"]["waiting"]
    text = owner_client(need).get(reverse("listing-matches", args=[need.uid])).content.decode()
    assert "还没有达到推荐水平的成果" in text


def test_capabilities_above_add_buttons_to_a_card(needs: list[Listing], monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[object, object]] = []

    def build(_actor: Actor, proposal: Proposal, shown: dict[str, Any]) -> dict[str, Any]:
        seen.append((proposal, shown["other"]))
        return {"text": "来自上层的按钮"}

    button = panels.Panel("test.button", "match", "buttons", 1, "mk/note.html", build)
    monkeypatch.setitem(panels.panels._entries, "test.button", button)
    text = owner_client(needs[0]).get(reverse("listing-matches", args=[needs[0].uid])).content.decode()
    assert "来自上层的按钮" in text
    assert seen == [(first(needs[0]), first(needs[0]).achievement)]


def test_the_workbench_shows_the_newest(needs: list[Listing]) -> None:
    shown = {p.key: p for p in panels.build(owner(needs[0]), "me", "main")}
    assert [card.own for card in shown["matching.newest"].context["cards"]] == [needs[0]]
    assert "matching.newest" not in {p.key for p in panels.build(factories.actor(factories.account()), "me", "main")}


def test_a_proposal_is_a_subject(needs: list[Listing]) -> None:
    proposal = first(needs[0])
    assert subjects.find_visible(owner(needs[0]), "match", proposal.uid) == proposal
    assert subjects.find_visible(ANONYMOUS, "match", proposal.uid) is None
    assert subjects.titles([("match", proposal.uid)])["match", proposal.uid][1].endswith(f"#match-{proposal.uid}")


def test_the_list_as_a_file_is_for_the_owner(needs: list[Listing]) -> None:
    url = reverse("listing-matches", args=[needs[0].uid])
    rows, _source = exported.table(owner_client(needs[0]).get(url, {"export": "csv"}))
    assert [row["题目"] for row in rows] == [world.ACHIEVEMENTS[0][0]]
    assert rows[0]["匹配理由"]
    more = exported.table(owner_client(needs[0]).get(url, {"export": "csv", "more": "1"}))[0]
    assert len(more) > len(rows)
    stranger = factories.signed_in_client(factories.manager(factories.organisation()))
    assert stranger.get(url, {"export": "csv"}).status_code == 403
    assert Client().get(url, {"export": "csv"}).status_code == 302


def test_who_could_use_an_achievement_is_told_by_firm_as_far_as_the_reader_may_know(needs: list[Listing]) -> None:
    proposal = first(needs[0])
    achievement, need = proposal.achievement, proposal.need
    seen = ours(owner(achievement), "main", achievement)["matching.could_use"]
    assert need.owner is not None
    assert need.owner.name in [firm.name for firm in seen["firms"]]
    assert seen["all_url"]
    own = ours(owner(need), "main", achievement)["matching.could_use"]
    assert [firm.name for firm in own["firms"]] == [need.owner.name], "a firm sees its own need"
    assert not own["all_url"]
    assert "matching.could_use" not in ours(ANONYMOUS, "main", achievement)
    stranger = factories.actor(factories.manager(factories.organisation()))
    assert "matching.could_use" not in ours(stranger, "main", achievement)
    assert "matching.could_use" not in ours(owner(need), "main", need)
    page = owner_client(achievement).get(achievement.get_absolute_url()).content.decode()
    assert "谁能用得上" in page
