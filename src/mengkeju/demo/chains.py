"""Invented nodes of chains (演示), added by the operator before the first capability names one."""

from datetime import datetime
from functools import partial
from typing import Any

from mengkeju.demo.cast import Cast
from mengkeju.demo.files import read
from mengkeju.demo.timeline import Timeline
from mengkeju.directory.actions import TermInput, add_term
from mengkeju.directory.engine.chains import NODES
from mengkeju.directory.models import Vocabulary

OPERATOR, SOURCE = "operator", "演示数据，虚构"


class Chains:
    """Puts them on the timeline."""

    def __init__(self, cast: Cast) -> None:
        """`cast` knows the operator."""
        self.cast = cast

    def plan(self, timeline: Timeline, began: datetime) -> None:
        """All of them when the region is set up."""
        timeline.at(began, partial(self.add, read("chains")["nodes"]))

    def add(self, rows: list[dict[str, Any]], now: datetime) -> None:
        """Those that are not there yet."""
        vocabulary = Vocabulary.objects.get(key=NODES)
        there = set(vocabulary.terms.values_list("key", flat=True))
        for row in rows:
            if row["key"] not in there:
                given = TermInput(row["label"], row["label_en"], SOURCE, row["chain"], (), row["position"])
                add_term(vocabulary, row["key"], given, by=self.cast.actor(OPERATOR), now=now)
