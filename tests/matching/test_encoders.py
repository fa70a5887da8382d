"""The encoder of a site: its line on proposals, what leaves the house, and that matching never waits for it."""

import logging
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.test import Client
from django.urls import reverse

from mengkeju.listings.models import Listing
from mengkeju.matching import commands_site
from mengkeju.matching.actions import compute, encoders, shelf
from mengkeju.matching.engine.documents import Side
from mengkeju.matching.engine.encoder import Circuit, EncoderError
from mengkeju.matching.engine.encoder_cache import KeptEncoder
from mengkeju.matching.engine.meaning_figures import KEY
from mengkeju.matching.models import Proposal
from mengkeju.matching.queries import reasons
from tests import factories
from tests.matching import world
from tests.matching.engine import embeddings as stub
from tests.matching.engine import model_folder as tiny

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _no_encoder(settings: Any, tmp_path: Path) -> Iterator[None]:
    settings.ENCODER_DIR = tmp_path / "vectors"
    encoders.forget()
    yield
    encoders.forget()


@pytest.fixture
def service(settings: Any) -> Iterator[stub.Service]:
    """The site's encoder is a service on this machine."""
    with stub.serving() as made:
        settings.ENCODER, settings.ENCODER_MODEL = made.url, "stub-1"
        settings.ENCODER_KEY, settings.ENCODER_TIMEOUT = "sk-secret", 5
        yield made


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(commands_site.encoder, arguments)
    return result.exit_code, result.output


def stored() -> list[tuple[int, int, dict[str, Any]]]:
    rows = Proposal.objects.order_by("need", "achievement").values_list("need", "achievement", "reasons")
    return [(need, achievement, why) for need, achievement, why in rows]


def keys(why: dict[str, Any]) -> set[str]:
    return {line[0] for line in why["extra"]}


def test_proposals_carry_the_line_and_add_up(service: stub.Service) -> None:
    world.matched()
    assert stored()
    for _need, _achievement, why in stored():
        signals = [value for _key, value, _reason in why["signals"]]
        parts = [*why["text"].values(), *signals, *(line[3] for line in why["extra"])]
        assert sum(parts) == pytest.approx(why["score"], abs=1e-6)
    best = Proposal.objects.get(need__title=world.NEEDS[0][0], need_rank=1)
    assert "+meaning-2026-11:stub-1@" in best.model_version
    assert {row.label for row in reasons.rows(best.reasons)} >= {"语义相近", "内容相近"}


def test_each_public_text_is_sent_once_and_nothing_closed(service: stub.Service) -> None:
    world.listing("need", "只给会员看的需求", "内部资料甲，气化细渣", tier="members")
    world.listing(
        "need", "一半公开的需求", "公开的摘要，细渣脱碳", confidential="内部资料乙", present="内部资料丙",
        tiers={"targets": "members", "terms": "parties"},
    )  # fmt: skip
    world.matched()
    sent = "\n".join(service.texts)
    assert len(service.texts) == len(set(service.texts))
    assert all(title in sent for title, _text in (*world.NEEDS, *world.ACHIEVEMENTS))
    assert "公开的摘要" in sent
    assert "内部资料" not in sent
    hidden = Listing.objects.get(title="只给会员看的需求")
    assert compute.rank_listing(hidden.uid, now=world.AT, top=3)
    assert "只给会员看的需求" not in "\n".join(service.texts)
    asked = len(service.asked)
    shelf.forget()
    encoders.forget()  # as another process
    compute.match_all(now=world.LATER)
    compute.rank_text("另外的需求\n有人在命令行输入的内容", now=world.AT, top=3)
    assert len(service.asked) == asked


def test_a_changed_text_alone_is_asked_for(service: stub.Service) -> None:
    world.matched()
    service.asked.clear()
    new = world.listing("need", "新的需求：乳清蛋白", "希望得到乳清蛋白的膜分离工艺")
    compute.compute_for(new.uid, now=world.LATER)
    assert len(service.texts) == 1
    assert "新的需求：乳清蛋白" in service.texts[0]


@pytest.mark.parametrize(
    ("behaviour", "said"),
    [
        (stub.silent, "没有答复完"),
        (stub.status(401), "HTTP 401"),
        (stub.saying("<html>"), "不是 OpenAI 格式"),
        (stub.vectors(*[[float("nan")]] * 9), "NaN"),
    ],
)
def test_matching_goes_on_without_an_encoder_that_fails(
    service: stub.Service, settings: Any, behaviour: stub.Behaviour, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings.ENCODER_TIMEOUT = 0.3
    service.behaviours[:] = [behaviour]
    world.matched()
    without = stored()
    asked = len(service.asked)
    assert asked >= 1
    warned = [r.getMessage() for r in caplog.records if r.levelno == logging.WARNING]
    assert len(warned) == 1
    assert warned[0].startswith("语义相近度暂不可用")
    assert said in warned[0]
    assert "sk-secret" not in caplog.text
    compute.match_all(now=world.LATER)
    assert len(service.asked) == asked  # it is left alone for a while
    settings.ENCODER = ""
    encoders.forget()
    shelf.forget()
    Proposal.objects.all().delete()
    compute.match_all(now=world.AT)
    assert stored() == without
    assert not any("meaning" in version for version in Proposal.objects.values_list("model_version", flat=True))


def test_it_is_tried_again_and_the_shelf_is_not_fitted_anew(
    service: stub.Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    service.behaviours[:] = [stub.status(401), stub.rightly]
    monkeypatch.setattr(encoders, "KeptEncoder", lambda made, store: KeptEncoder(made, store, Circuit([0.0])))
    world.matched()
    held = shelf.fitted()
    assert held.ranker.meaning is not None
    assert shelf.fitted() is held
    compute.match_all(now=world.LATER)
    assert any(KEY in keys(why) for *_pair, why in stored())


def test_without_an_encoder_nothing_is_kept_and_nothing_said(settings: Any, tmp_path: Path) -> None:
    world.matched()
    assert shelf.fitted().ranker.meaning is None
    assert not any(KEY in keys(why) for *_pair, why in stored())
    assert not (tmp_path / "vectors").exists()
    assert "没有使用。内容只由平台自己的程序计算" in page()
    assert run("status") == (0, "没有设置编码器（MENGKEJU_ENCODER）；匹配照常，没有“语义相近”这一项\n")
    code, output = run("fill")
    assert code == 1
    assert "没有设置编码器" in output


def page() -> str:
    return Client().get(reverse("match-how")).content.decode()


def test_the_page_says_that_texts_leave_the_house(settings: Any) -> None:
    settings.ENCODER, settings.ENCODER_MODEL = "https://embeddings.example/v1", "bge-m3"
    settings.ENCODER_KEY = "sk-secret"
    text = page()
    assert "bge-m3" in text
    assert "内容会发到平台以外" in text
    assert "embeddings.example" in text
    assert "sk-secret" not in text
    settings.ENCODER = "http://127.0.0.1:8080/v1"
    assert "同一台服务器上的另一个服务" in page()
    assert "平台以外" not in page()
    settings.ENCODER = "models/bge-small-zh"
    assert "bge-small-zh" in page()
    assert "在平台自己的程序里运行" in page()


def test_no_page_asks_the_encoder(service: stub.Service) -> None:
    needs, achievements = world.matched()
    service.asked.clear()
    owner = needs[0].owner
    assert owner is not None
    client = factories.signed_in_client(factories.manager(owner))
    for uid in (needs[0].uid, achievements[0].uid):
        assert client.get(reverse("listing", args=[uid])).status_code == 200
    assert "语义相近" in client.get(reverse("listing-matches", args=[needs[0].uid])).content.decode()
    page()
    assert service.asked == []


@pytest.mark.parametrize("library", tiny.LIBRARIES)
def test_a_folder_is_an_encoder_too(
    settings: Any, tmp_path: Path, library: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if library == "stand-in":
        tiny.stand_in(monkeypatch)
    settings.ENCODER = str(tiny.write(tmp_path / "tiny"))
    world.matched()
    best = Proposal.objects.get(need__title=world.NEEDS[0][0], need_rank=1)
    assert "+meaning-2026-11:tiny@" in best.model_version
    code, output = run("status")
    assert code == 0
    assert "在本机运行" in output
    assert "答复正常：3 维" in output


def test_a_folder_that_is_not_there_stops_nothing(settings: Any, caplog: pytest.LogCaptureFixture) -> None:
    settings.ENCODER = "nowhere/at-all"
    world.matched()
    compute.match_all(now=world.LATER)
    assert stored()
    assert caplog.text.count("没有编码器文件夹 nowhere/at-all") == 1
    code, output = run("status")
    assert code == 1
    assert "语义相近度暂不可用：没有编码器文件夹 nowhere/at-all" in output


def test_the_operator_fills_looks_and_clears(service: stub.Service) -> None:
    world.shelf()
    service.behaviours[:] = [stub.rightly, stub.status(401)]
    code, output = run("fill")
    assert code == 0
    assert "9 段文字都有向量了，这次编码 9 段" in output
    code, output = run("fill")
    assert code == 0  # nothing was left to ask
    assert "这次编码 0 段" in output
    world.listing("need", "又一条", "细渣")
    code, output = run("fill")
    assert code == 1
    assert "停下了，已编码的留在缓存里：编码器答复 HTTP 401" in output
    service.behaviours[:] = [stub.rightly]
    code, output = run("status")
    assert code == 0
    assert "缓存 9 段" in output
    assert "答复正常：16 维" in output
    assert "sk-secret" not in output
    assert run("clear") == (0, "缓存已清空\n")
    assert "缓存 0 段" in run("status")[1]


def test_nothing_is_asked_without_a_setting() -> None:
    assert encoders.encoder() is None
    assert not encoders.is_ready()
    assert encoders.meaning({side: [] for side in Side}) is None
    with pytest.raises(EncoderError):
        encoders.fill([], lambda _done, _all: None)
