"""The pages of found words."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client, TestCase
from django.urls import reverse

from mengkeju.kernel.access import SYSTEM
from mengkeju.kernel.models import JobLease
from mengkeju.matching import tasks
from mengkeju.matching.actions import mining
from mengkeju.matching.commands_site import mine_words
from mengkeju.matching.engine.mining.mine import Found
from mengkeju.matching.models import WordPair
from tests import factories as f
from tests.matching import world

pytestmark = [pytest.mark.django_db, pytest.mark.covers("PLT-17")]
SAID = "采用聚羟基脂肪酸酯（PHA）吹塑，玉米、小麦等农作物的淀粉为原料。"


@pytest.fixture
def client() -> Client:
    f.areas()
    return f.signed_in_client(f.operator())


def found(count: int = 1) -> list[WordPair]:
    rows = [Found("synonym", f"PHA{at}", f"脂肪酸酯{at}号", 0.5, {"alias": 1, "alike": 4}, ())
            for at in range(count)]  # fmt: skip
    mining._keep(rows, by=SYSTEM, now=world.AT)
    return list(WordPair.objects.order_by("pk"))


def text(response: Any) -> str:
    return str(response.content.decode())


def test_nothing_found_yet_then_found_then_judged(client: Client) -> None:
    address = reverse("match-words")
    assert "还没有找到过词" in text(client.get(address))
    world.listing("achievement", "聚羟基脂肪酸酯农作物地膜", SAID)
    world.listing("achievement", "农作物秸秆与玉米芯的利用", "农作物秸秆还田。")
    mining.mine_words(by=SYSTEM, now=world.AT)
    page = text(client.get(address))
    assert "PHA ≈ 聚羟基脂肪酸酯" in page
    assert "<mark>PHA</mark>" in page
    assert "1 条信息里括注" in page
    assert "农作物 ⊃ 玉米" in page
    assert "农作物 ⊃ 玉米" not in text(client.get(address, {"kind": "synonym"}))
    row = WordPair.objects.get(kind="synonym")
    sent = {"revision": row.revision, "back": "list", "kind": "synonym", "page": "1"}
    answer = client.post(reverse("match-word-move", args=[row.uid, "accept"]), sent)
    assert answer["Location"] == f"{address}?kind=synonym&page=1"
    assert "没有等判断的" in text(client.get(address, {"kind": "synonym"}))
    assert "技术用语 · 聚羟基脂肪酸酯" in text(client.get(address, {"state": "accepted"}))


def test_one_pair_through_its_life(client: Client) -> None:
    [row] = found()
    address = row.get_absolute_url()
    page = text(client.get(address))
    assert "搜“PHA0”也找得到写“脂肪酸酯0号”的" in page
    assert "现在都不对所有人公开" in page
    for step, said in (("refuse", "不采纳"), ("reopen", "重新考虑"), ("accept", "撤回采纳")):
        row.refresh_from_db()
        client.post(reverse("match-word-move", args=[row.uid, step]), {"revision": row.revision})
        assert said in text(client.get(address))
    row.refresh_from_db()
    assert row.state == "accepted"
    answer = client.post(
        reverse("match-word-move", args=[row.uid, "withdraw"]), {"revision": row.revision}, follow=True
    )
    row.refresh_from_db()
    assert row.state == "accepted", "taking back wants a reason"
    assert answer.status_code == 200
    client.post(reverse("match-word-move", args=[row.uid, "withdraw"]), {"revision": row.revision, "note": "错"})
    row.refresh_from_db()
    assert row.state == "refused"


def test_an_older_page_and_odd_requests(client: Client) -> None:
    [row] = found()
    answer = client.post(reverse("match-word-move", args=[row.uid, "accept"]), {"revision": 99}, follow=True)
    assert "内容有了变动" in text(answer)
    assert client.post(reverse("match-word-move", args=[row.uid, "nothing"])).status_code == 404
    assert client.get(reverse("match-word-move", args=[row.uid, "accept"])).status_code == 405
    assert client.get(reverse("match-words"), {"state": "x", "kind": "y", "page": "z"}).status_code == 200


def test_who_is_let_in() -> None:
    f.areas()
    [row] = found()
    address, one = reverse("match-words"), row.get_absolute_url()
    accept = reverse("match-word-move", args=[row.uid, "accept"])
    assert Client().get(address).status_code == 302
    member = f.signed_in_client(f.manager(f.organisation()))
    assert member.get(address).status_code == 403
    assert (member.get(one).status_code, member.post(accept).status_code) == (404, 404)
    auditor = f.signed_in_client(f.auditor())
    page = text(auditor.get(address))
    assert "PHA0" in page
    assert accept not in page
    assert reverse("match-words-mine") not in page
    assert auditor.post(accept).status_code == 403
    assert auditor.post(reverse("match-words-mine")).status_code == 403


def test_the_list_asks_the_same_number_of_questions_however_long(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    found(2)
    client.get(reverse("match-words"))
    with django_assert_max_num_queries(40) as few:
        client.get(reverse("match-words"))
    found(18)
    with django_assert_max_num_queries(40) as many:
        client.get(reverse("match-words"))
    assert len(many) == len(few)


def test_looking_now_is_queued_once(client: Client) -> None:
    with TestCase.captureOnCommitCallbacks(execute=True):
        for _twice in range(2):
            assert "已排队" in text(client.post(reverse("match-words-mine"), follow=True))
    assert JobLease.objects.filter(key="matching.words", waiting=True).count() == 1


def test_the_task_and_the_command_say_what_they_did() -> None:
    f.areas()
    world.listing("achievement", "聚羟基脂肪酸酯农作物地膜", SAID)
    looked = CliRunner().invoke(mine_words, ["--dry-run"])
    assert "没有保存" in looked.output
    assert "PHA ≈ 聚羟基脂肪酸酯" in looked.output
    assert not WordPair.objects.exists()
    assert tasks.mine_words.func() == "读了 1 条公开信息，找到 1 对词，其中新的 1 对"
    told = json.loads(CliRunner().invoke(mine_words, ["--json"]).output)
    assert (told["texts"], told["found"], told["new"]) == (1, 1, 0)
