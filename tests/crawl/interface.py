"""The crawl of the API: every operation × bearer × object, with bodies made from the operation's own description."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any
from uuid import uuid4

from django.core.files.uploadedfile import SimpleUploadedFile

from mengkeju.config.api import PREFIX, api
from mengkeju.kernel.access import ANONYMOUS, Actor
from mengkeju.kernel.api import openapi
from mengkeju.kernel.api.gate import JSON, MULTIPART, Declared
from mengkeju.kernel.api.routes import Operation
from mengkeju.kernel.api.scopes import SCOPES
from mengkeju.kernel.models import Account
from tests import factories as f
from tests.crawl import oracle, recipes
from tests.crawl.crawl import Crawl, labels
from tests.crawl.doors import NARROW
from tests.crawl.oracle import Asked, expected
from tests.crawl.routes import Route
from tests.crawl.world import Thing, World

FINE = frozenset({"200", "201", "202", "204", "409", "422"})
NOT_KNOWN, SCOPE = frozenset({"401"}), frozenset({"403"})
COOKIE = "cookie of owner"
WRONG = "wrong token"
NOBODY = "0193a4c6-0000-7000-8000-00000000ffff"
ASKED_OF_THE_BODY = frozenset({"close_period"})
"""Operations on no object whose permission is asked on what the body names: no list that is cut to its reader."""
DAY = "2026-01-05"
Found = tuple[Operation, Declared]


def declared() -> list[Found]:
    """Every operation with what it declares."""
    return list(api.declared(PREFIX))


def route_of(operation: Operation) -> Route:
    """An operation as an address."""
    path = operation.path.lstrip("/").replace("{", "<").replace("}", ">")
    names = tuple(part.strip("<>") for part in path.split("/") if part.startswith("<"))
    return Route(operation.id, path, names, operation.permission, frozenset({operation.method}))


def bearers(world: World) -> dict[str, tuple[Actor | None, dict[str, str]]]:
    """Who acts, by name, and his headers. None: whoever he is, his token is no good."""
    scopes = set(SCOPES)
    found: dict[str, tuple[Actor | None, dict[str, str]]] = {
        "visitor": (ANONYMOUS, {}),
        COOKIE: (ANONYMOUS, {}),
        WRONG: (None, {"Authorization": f"Bearer mkj_{'x' * 49}"}),
    }
    for name, secret in world.tokens.items():
        headers = {"Authorization": f"Bearer {secret}"}
        if name.startswith("programme of "):
            found[name] = (programme(world, name.removeprefix("programme of ")), headers)
        else:
            who = world.people.actor("owner" if name == NARROW else name)
            mine = {NARROW} if name == NARROW else scopes
            found[name] = (None if who.suspended else oracle.through_token(who, mine), headers)
    return found


def programme(world: World, organisation: str) -> Actor:
    """An organisation's program: a plain member of it, and nobody in person."""
    of = getattr(world.people, organisation)
    account = Account.objects.get(service__organisation=of)
    member = next(m for actor in world.people.actors.values() for m in actor.memberships if m.organisation == of.uid)
    return Actor(
        account_id=account.pk, account_uid=account.uid, name=f"{organisation}（接口）",
        memberships=(replace(member, manager=False),),
    )  # fmt: skip


# What stands for the members of bodies, whatever operation they belong to; a required one without value is a finding.
def values(world: World) -> dict[str, Any]:
    """By name."""
    target = world.one("listing", "achievement public published")
    return {
        "answer": "decline", "reason": "too_early", "reason_note": "说明", "note": "理由", "text": "你好",
        "message": "你好", "q": "题目", "decision": "approve", "secrecy_level": "公开", "secrecy_reviewed": True,
        "step": "close", "outcome": "given_up", "kind": "need", "target": str(target.uid), "purpose": "评估工艺",
        "organisation": str(world.people.institute.uid),
        "counter": str(world.one("listing", "of the institute").uid),
        "fields": {"title": "题目", "summary": "要点", "area": f.KUNDULUN},
        "level": "trl4", "reached_on": "2026-01-05", "since": "2026-01-05", "evidence": "检测报告", "name": "名称",
        "adopter_name": "使用单位", "product": "用途", "number": "200310102344.5", "findings": "意见",
        "title": "题目", "summary": "要点", "on": True, "side": "buyer", "other_name": "对方单位（演示）",
        "declared_true": True, "opinion": "意见", "registered_on": "2026-01-05", "body_name": "登记处（演示）",
        "contract_value": "2", "technology_value": "1", "lines": [], "paid_on": "2026-01-05", "amount": "1",
        **dict.fromkeys(("payer", "payee", "party", "lead", "addendum", "scan", "parent", "reporter"), NOBODY),
        "source": "city", "year": 2020, "until": "2099-01-05", "parties": [], "spelling": "演示写法", "upheld": True,
        "event": "演示签约", "day": "2026-01-05", "rows": [], "first_on": "2025-01-01", "last_on": "2025-12-31",
        "sm3": "0" * 64, "milestones": [], "report": "完成情况", "team": "团队", "headcount": 1, "basis": "依据",
    }  # fmt: skip


@cache
def description() -> dict[str, Any]:
    """The API's own description: it takes a moment to write."""
    return openapi.document(api, PREFIX)


def body_of(operation: Operation, world: World) -> Any:
    """A body that the description allows. NoRecipeError for a member nothing is known of."""
    document = description()
    said = document["paths"].get(operation.path, {}).get(operation.method.lower(), {}).get("requestBody")
    if said is None or JSON not in said["content"]:
        return None
    schema = said["content"][JSON]["schema"]
    schema = document["components"]["schemas"][schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    known, made = values(world), {}
    for name, spec in schema["properties"].items():
        if "enum" in spec:
            made[name] = known[name] if known.get(name) in spec["enum"] else spec["enum"][0]
        elif spec.get("format") == "date":
            made[name] = DAY
        elif name in known and (name in schema.get("required", ()) or spec.get("type") == "string"):
            made[name] = known[name]
        elif name in schema.get("required", ()):
            raise recipes.NoRecipeError(f"{operation.id}: nothing stands for the member {name!r}, see values()")
    return made


def crawl_operation(crawl: Crawl, found: Found) -> None:
    """Try one operation with everything and everybody."""
    operation, said = found
    route = route_of(operation)
    try:
        body = body_of(operation, crawl.world)
    except recipes.NoRecipeError as missing:
        crawl.findings.append(str(missing))
        return
    ways, who_come = list(crawl.filled(route)), bearers(crawl.world)
    whose = {
        who: [_judged(crawl, operation, things, who, actor)[1] for things in ways]
        for who, (actor, _headers) in who_come.items()
    }
    for who in recipes.told_apart(whose, operation.id):
        actor, headers = who_come[who]
        for things in ways:
            _call(crawl, found, Caller(who, actor, headers | _extra(said, things), body), things)


def _extra(said: Declared, things: dict[str, Thing]) -> dict[str, str]:
    """The headers a write needs."""
    made = {"Idempotency-Key": uuid4().hex} if said.creates else {}
    revision = next((getattr(t.obj, "revision", 1) for t in things.values()), 1)
    return made | ({"If-Match": f'"{revision}"'} if said.revises else {})


@dataclass(frozen=True)
class Caller:
    """Who calls, who he is to the platform, and what he sends along."""

    name: str
    actor: Actor | None
    headers: dict[str, str]
    body: Any


def _judged(
    crawl: Crawl, operation: Operation, things: dict[str, Thing], who: str, actor: Actor | None
) -> tuple[Asked, frozenset[str]]:
    """How the table judges a call, and the right answers."""
    route = route_of(operation)
    kinds = [(recipes.kind_of(route.head, name), thing.obj) for name, thing in things.items()]
    kind, obj = next(((kind, obj) for kind, obj in kinds if kind != recipes.WORDS), ("", None))
    asked = Asked(operation.id, operation.permission, operation.method, kind, obj, public=operation.public)
    right = right_for(crawl, operation, asked, who, actor)
    return asked, recipes.with_nothing(
        right, right & FINE, route.head, things, name=operation.id, permission=operation.permission
    )


def _call(crawl: Crawl, found: Found, caller: Caller, things: dict[str, Thing]) -> None:
    operation, said = found
    who, actor, headers, body = caller.name, caller.actor, caller.headers, caller.body
    path = route_of(operation).filled({name: thing.value for name, thing in things.items()})
    asked, right = _judged(crawl, operation, things, who, actor)
    if crawl.refused_often(asked, who, right):
        return
    data, content_type = body, JSON
    if MULTIPART in said.consumes:
        data, content_type = {"file": SimpleUploadedFile("a.txt", b"a")}, ""
    if operation.method == "GET":
        data, content_type = None, ""
    session = "owner" if who == COOKIE else ""
    got = crawl.walker.send(session, operation.method, path, data, headers=headers, content_type=content_type)
    where = f"{operation.method} {path} ({operation.id}{labels(things)}) as {who}"
    if got.status not in right:
        crawl.findings.append(f"{where}: {got.status} instead of {'/'.join(sorted(right))} {got.text[-300:]}")
    crawl.search(where, operation.id, actor or ANONYMOUS, got.text)


def right_for(crawl: Crawl, operation: Operation, asked: Asked, who: str, actor: Actor | None) -> frozenset[str]:
    """The answers that are right: the gate's, then those of the table, in the API's own numbers."""
    if actor is None:
        return NOT_KNOWN
    if not actor.is_authenticated and not operation.public:
        return NOT_KNOWN
    if who == NARROW and operation.scope not in {None, NARROW}:
        return SCOPE  # also where nobody needs a token: a program asks for what it was made for
    if operation.public and not oracle.needs_object(asked.permission, crawl.rich) and not asked.kind:
        return FINE
    if asked.name not in ASKED_OF_THE_BODY and not asked.kind and (
        operation.public or oracle.needs_object(asked.permission, crawl.rich)
    ):  # fmt: skip
        return FINE  # a list: it is cut to what its reader may see
    right = expected(crawl.world, asked, actor, crawl.rich)
    if oracle.LOGIN in right:
        right = (right - {oracle.LOGIN}) | ({oracle.HIDDEN} if operation.public else NOT_KNOWN)
    return right | FINE if right >= oracle.FINE else right


def pages(crawl: Crawl, path: str, headers: dict[str, str]) -> Iterator[str]:
    """The answers of all pages of a list."""
    while path:
        got = crawl.walker.send("", "GET", path, headers=headers)
        assert got.status == "200", (path, got.status, got.text[-300:])
        yield got.text
        path = (json.loads(got.text[got.text.index("\n{") :]).get("next") or "").removeprefix("http://testserver")
