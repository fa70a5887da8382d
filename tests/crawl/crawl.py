"""The crawl itself: every address × actor × method × object, judged by the table and searched for secrets."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from mengkeju.directory.engine.roles import Role
from mengkeju.kernel.access import Actor, Grant
from tests.crawl import oracle, recipes
from tests.crawl.oracle import Asked, expected
from tests.crawl.recipes import NoRecipeError
from tests.crawl.routes import SIGN_IN, Route
from tests.crawl.walk import Answer, Walker
from tests.crawl.world import Thing, World

METHODS = ("GET", "POST")
EXPORTS = ("csv", "xlsx")
SHEETS = ("text/csv", "application/vnd.openxmlformats")


@dataclass
class Crawl:
    """A world, who walks, and what was wrong."""

    world: World
    walker: Walker
    findings: list[str] = field(default_factory=list)
    exported: set[str] = field(default_factory=set)
    tried: set[str] = field(default_factory=set)
    told: set[tuple[str, str, str]] = field(default_factory=set)
    refused: Counter[tuple[object, ...]] = field(default_factory=Counter)

    @property
    def rich(self) -> Actor:
        """Somebody with every role and an organisation: what his rules look at, they look at for somebody."""
        areas = frozenset({"150200"})
        grants = tuple(Grant(role, "area", "150200", areas) for role in Role)
        owner = self.world.people.actor("owner")
        return Actor(**{**vars(owner), "grants": grants})

    def route(self, route: Route, actors: Iterable[str] | None = None) -> None:
        """Try one address with everything and everybody."""
        if route.permission is None:
            self.findings.append(f"{route.name}: {route.path} names no permission")
            return
        names = list(actors or self.world.people.walkers)
        ways = list(self.filled(route))
        whose = {who: [right for things in ways for *_rest, right in self._rights(route, things, who)] for who in names}
        for number, things in enumerate(ways):
            for who in recipes.told_apart(whose, route.name):
                self._visit(route, who, things, first=not number)

    def filled(self, route: Route) -> list[dict[str, Thing]]:
        """Every way to fill its places; a place nothing is known of is a finding."""
        try:
            return list(recipes.choices(self.world, route.head, route.parameters, route.name))
        except NoRecipeError as missing:
            self.findings.append(str(missing))
            return []

    def _visit(self, route: Route, who: str, things: dict[str, Thing], *, first: bool) -> None:
        path = route.filled({name: thing.value for name, thing in things.items()})
        for method, data, asked, right in self._rights(route, things, who, first=first):
            is_own_page = asked.obj is not None and getattr(asked.obj, "get_absolute_url", str)() == path
            if not is_own_page and self.refused_often(asked, who, right, data is None):
                continue
            got = self.walker.send(who, method, path, data)
            where = f"{method} {path} ({route.name}{labels(things)}{'' if data is None else ', filled'}) as {who}"
            got.text = got.text.replace(path, "")  # what the address says its reader knew before
            self.judge(where, route.name, who, got, right)
            if method == "GET" and got.status == "200":
                self._export(route, who, path, where)

    def _rights(
        self, route: Route, things: dict[str, Thing], who: str, *, first: bool = False
    ) -> Iterator[tuple[str, Any, Asked, frozenset[str]]]:
        """Every request to one address as somebody: method, data, how the table judges it, the right answers."""
        for method, data in self._requests(route, first=first):
            asked = self._asked(route, method, things)
            right = expected(self.world, asked, self.world.people.actor(who), self.rich)
            if method not in route.methods:
                right = frozenset({oracle.METHOD})
            else:
                right = recipes.with_nothing(
                    right, right & oracle.FINE, route.head, things, name=route.name, permission=str(route.permission)
                )
            yield method, data, asked, right

    def refused_often(self, asked: Asked, who: str, right: frozenset[str], *how: object) -> bool:
        """Whether enough objects of an address have refused this reader in this way; what he may see is all asked.

        The page of the object itself is asked of every one.
        """
        if recipes.WHOLE or not asked.kind or right & recipes.LET_IN:
            return False
        so = (asked.name, asked.method, who, right, asked.obj is None, *how)
        self.refused[so] += 1
        return self.refused[so] > recipes.REFUSALS

    def _requests(self, route: Route, *, first: bool) -> Iterator[tuple[str, Any]]:
        """What is not answered at all is asked once, an empty form too: the object makes no difference there."""
        if first or "GET" in route.methods:
            yield "GET", None
        if first:
            yield "POST", None
        if "POST" in route.methods:
            yield "POST", recipes.body(self.world)

    def _asked(self, route: Route, method: str, things: dict[str, Thing]) -> Asked:
        kind, obj = "", None
        for name, thing in things.items():
            kind = recipes.kind_of(route.head, name)
            if kind != recipes.WORDS:
                obj = thing.obj
                break
            kind = ""
        transition = things["transition"].value if "transition" in things else ""
        return Asked(route.name, str(route.permission), method, kind, obj, transition)

    def _export(self, route: Route, who: str, path: str, where: str) -> None:
        """The same list as files, where the page gives them."""
        for form in EXPORTS:
            if route.name in self.tried and route.name not in self.exported:
                return
            self.tried.add(route.name)
            got = self.walker.send(who, "GET", f"{path}?export={form}")
            got.text = got.text.replace(path, "")
            if got.content_type.startswith(SHEETS):
                self.exported.add(route.name)
            self.judge(f"{where}, as {form}", route.name, who, got, oracle.FINE)

    def judge(self, where: str, name: str, who: str, got: Answer, right: frozenset[str]) -> None:
        """Note a wrong status and every secret that is not for this reader."""
        if got.status not in right:
            self.findings.append(f"{where}: {got.status} instead of {'/'.join(sorted(right))}")
        self.search(where, name, self.world.people.actor(who), got.text)

    def search(self, where: str, name: str, actor: Actor, text: str) -> None:
        """Note every secret in a text that its reader may not see; one address tells each kind of secret once."""
        for secret in self.world.planted.found_in(text):
            if self.world.planted.may_see(actor, secret):
                continue
            what = self.world.planted.secrets[secret].what
            if (name, actor.name, what) not in self.told:
                self.told.add((name, actor.name, what))
                self.findings.append(f"{where}: shows {what}")


def labels(things: dict[str, Thing]) -> str:
    """What stands in the places, for a finding."""
    return "".join(f", {name}: {thing.label}" for name, thing in things.items())


def is_ours(route: Route) -> bool:
    """Not a page of the sign-in library: those name no permission and are judged apart."""
    return not route.path.startswith(SIGN_IN)
