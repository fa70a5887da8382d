"""Pages by cursor: stable while rows are added or taken away, opaque and signed.

A cursor holds the sort values of the last row shown and a digest of the question it belongs to. It carries
no right: each page is read with the token that asks for it.
"""

import hashlib
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Field, Model, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import Field as Described

from mengkeju.kernel.api.problem import ProblemError, Wrong

T = TypeVar("T")
M = TypeVar("M", bound=Model)
SALT = "mengkeju.api.cursor"
LONGEST, USUAL = 100, 50
OWN = frozenset({"cursor", "limit"})


class PageQuery(Schema):
    """What a list is asked for beside its filters."""

    cursor: str | None = Described(default=None, max_length=1000, description="上一页 next 中的游标。 / From `next`.")
    limit: int = Described(default=USUAL, ge=1, le=LONGEST, description="每页条数。 / Rows per page.")


class Page(Schema, Generic[T]):
    """One page; `next` is the address of the following one, null on the last."""

    items: list[T]
    next: str | None = Described(description="下一页的地址；没有时为 null。 / Address of the next page.")


def _question(request: HttpRequest) -> str:
    asked = sorted((key, value) for key, values in request.GET.lists() if key not in OWN for value in values)
    return hashlib.sha256(repr((request.path, asked)).encode()).hexdigest()[:16]


def seal(request: HttpRequest, place: Sequence[str]) -> str:
    """A cursor that says where the reader stands in the answer to this question."""
    return signing.dumps([_question(request), *place], salt=SALT)


def unseal(request: HttpRequest, cursor: str) -> list[str]:
    """The place a cursor names. ProblemError bad_cursor for one that is broken or of another question."""
    try:
        question, *place = signing.loads(cursor, salt=SALT)
    except signing.BadSignature:
        raise bad_cursor() from None
    if question != _question(request):
        raise bad_cursor()
    return [str(value) for value in place]


def bad_cursor() -> ProblemError:
    """The refusal of a cursor."""
    detail = _("游标无效，或不属于这一查询。请从第一页重新读取。")
    return ProblemError("bad_cursor", detail, [Wrong("#/cursor", detail, "bad_cursor", "query")])


def address(request: HttpRequest, cursor: str, limit: int | None = None) -> str:
    """The address of the next page: the same question, another place. `limit` None: pages are of one length."""
    asked = [(key, value) for key, values in request.GET.lists() if key not in OWN for value in values]
    own = [("cursor", cursor)] if limit is None else [("limit", str(limit)), ("cursor", cursor)]
    query = urlencode([*asked, *own])
    return request.build_absolute_uri(f"{request.path}?{query}")


def _columns(rows: QuerySet[Any], order: Sequence[str]) -> list[tuple[str, bool, "Field[Any, Any]"]]:
    columns = []
    for name in order:
        column = rows.model._meta.get_field(name.removeprefix("-"))
        if not isinstance(column, Field) or column.null:
            msg = f"pages cannot be ordered by {name}: a column without null is needed"
            raise TypeError(msg)
        columns.append((column.name, name.startswith("-"), column))
    if not columns or not columns[-1][2].unique:
        msg = "the last sort column must be unique"
        raise TypeError(msg)
    return columns


def _after(columns: list[tuple[str, bool, "Field[Any, Any]"]], place: list[str]) -> Q:
    """Rows behind a place: a > x, or a = x and b > y …"""
    if len(place) != len(columns):
        raise bad_cursor()
    found, same = Q(pk__in=()), Q()
    for (name, falling, column), text in zip(columns, place, strict=True):
        try:
            value = column.to_python(text)
        except ValidationError:
            raise bad_cursor() from None
        found |= same & Q(**{f"{name}__{'lt' if falling else 'gt'}": value})
        same &= Q(**{name: value})
    return found


def paginate(
    request: HttpRequest,
    rows: QuerySet[M],
    asked: PageQuery,
    *,
    order: Sequence[str] = ("uid",),
    show: Callable[[list[M]], Sequence[Any]],
) -> dict[str, Any]:
    """One page of a queryset that is already cut to what the reader may see, as the `Page` schema wants it.

    `order`: columns without null, “-” before a falling one, the last unique. A new row is met when it sorts
    behind the place; none is shown twice. `show` turns the rows of the page into items, all at once.
    """
    columns = _columns(rows, order)
    if asked.cursor:
        rows = rows.filter(_after(columns, unseal(request, asked.cursor)))
    found = list(rows.order_by(*order)[: asked.limit + 1])
    shown, more = found[: asked.limit], len(found) > asked.limit
    following = None
    if more:
        place = [column.value_to_string(shown[-1]) for _name, _falling, column in columns]
        following = address(request, seal(request, place), asked.limit)
    return {"items": list(show(shown)), "next": following}
