"""Cells of a row → values as the listing's form would give them, and what is wrong where."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from mengkeju.directory import queries as directory
from mengkeju.directory.engine.roles import Role
from mengkeju.directory.models import Area, Organisation, Person
from mengkeju.directory.queries.vocabulary import term_name
from mengkeju.kernel.access import Actor
from mengkeju.kernel.exchange import ValueRefusedError, values
from mengkeju.kernel.exchange.amounts import parse_money, parse_money_range
from mengkeju.kernel.exchange.dates import parse_date
from mengkeju.kernel.exchange.importers import ERROR, WARNING, Given, Problem, Sheet
from mengkeju.kernel.exchange.values import Choice, parse_choice, parse_choices, parse_yes_no
from mengkeju.kernel.forms import FieldSpec, FieldType
from mengkeju.kernel.words import gettext
from mengkeju.listings.actions.imports_columns import specs_of
from mengkeju.listings.kinds import ListingKind

SUFFIXES = ("自治区", "新区", "矿区", "市", "区", "县", "旗", "省")
SHORT_NAME = 2
MAX_AMOUNT = Decimal(10) ** 12
YES_NO = {True: "yes", False: "no", None: None}
BROKEN = re.compile(r"(?<=[\u3400-\u9fff])\n(?=[\u3400-\u9fff])")  # a line end inside Chinese is no space
CONTACT_PARTS = ("contact", "contact_phone", "contact_email")


def place_choices() -> list[Choice]:
    """Divisions by code, name, name with those above it, and name without 市, 区 … where that stays clear."""
    rows = {a.code: a for a in Area.objects.filter(valid_to=None).exclude(kind="zone")}
    found = []
    for area in rows.values():
        line = [rows[c].name for c in area.path.split("/") if c in rows and rows[c].kind != "country"]
        longer = ["".join(line[start:]) for start in range(len(line) - 1)]
        bare = next((area.name.removesuffix(s) for s in SUFFIXES if area.name.endswith(s)), "")
        short = [bare] if len(bare) >= SHORT_NAME else []
        found.append(Choice(area.code, area.name, (*longer, area.name_en, *short)))
    return found


def term_choices(vocabulary: str) -> list[Choice]:
    """Terms of a vocabulary with their synonyms and English words."""
    rows = directory.terms(vocabulary).prefetch_related("synonyms")
    return [
        Choice(t.key, t.label, (t.label_en, term_name(t).strip(), *(s.text for s in t.synonyms.all()))) for t in rows
    ]


def may_import_for(by: Actor, owner: Organisation) -> bool:
    """Own organisations, and for an officer those of his areas."""
    over = by.areas_of(Role.OFFICER) & {owner.area, owner.zone}
    return by.system or owner.uid in by.organisations or bool(over)


@dataclass
class Owners:
    """Organisations the actor may import for, by the key of their name; their people, read once each."""

    by: Actor
    named: dict[str, list[Organisation]] = field(default_factory=dict)
    people: dict[UUID, list[Person]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """One query."""
        areas = self.by.areas_of(Role.OFFICER)
        allowed = Q(uid__in=self.by.organisations) | Q(area__in=areas) | Q(zone__in=areas - {""})
        rows = Organisation.objects.filter(archived_at=None)
        for organisation in rows if self.by.system else rows.filter(allowed):
            self.named.setdefault(values.organisation_key(organisation.name), []).append(organisation)

    def find(self, text: str) -> Organisation:
        """The organisation of a name or credit code. ValueRefusedError, also when it is somebody else's."""
        found = self.named.get(values.organisation_key(text), [])
        code = text.strip().upper()
        found = found or [o for same in self.named.values() for o in same if o.credit_code and o.credit_code == code]
        if len(found) != 1:
            said = _("您可以代为导入的单位里没有“{name}”（只能是自己所在单位、所辖地区的单位）")
            several = _("有 {count} 个单位叫“{name}”，请改填统一社会信用代码")
            raise ValueRefusedError((several if found else said).format(name=text[:40], count=len(found)))
        return found[0]

    def colleagues(self, owner: UUID) -> list[Person]:
        """Who acts for an organisation now."""
        if owner not in self.people:
            rows = Person.objects.filter(memberships__organisation__uid=owner, memberships__ended_at=None)
            self.people[owner] = list(rows.select_related("account").distinct())
        return self.people[owner]


def import_owners(by: Actor) -> list[Organisation]:
    """Organisations the actor may import for: his own first, then those of his areas by name."""
    found = [o for same in Owners(by).named.values() for o in same]
    return sorted(found, key=lambda o: (o.uid not in by.organisations, o.name))


@dataclass
class RowRead:
    """One row in values (plain JSON), and its problems by heading."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def wrong(self) -> bool:
        """Whether anything keeps it out."""
        return any(problem.level == ERROR for problem in self.problems)


class Reader:
    """Reads the rows of one sheet. Equal texts of a column are understood once."""

    def __init__(self, kind: ListingKind, sheet: Sheet) -> None:
        """Choices are read from the database here."""
        self.kind, self.sheet = kind, sheet
        self.owners = Owners(sheet.by)
        self.specs = {k: s for k, s in specs_of(kind).items() if k in sheet.heading_of}
        self._parse = {key: self._parser(spec) for key, spec in self.specs.items()}
        self._seen: dict[tuple[str, str], tuple[dict[str, Any], tuple[tuple[str, str], ...]]] = {}

    def read(self, given: Given) -> RowRead:
        """Values by field; contact parts become one `contact`."""
        made = RowRead()
        made.problems += [Problem(heading, ERROR, fault) for heading, fault in given.faults.items()]
        for key in self.specs:
            heading, text = self.sheet.heading_of[key], given.cells.get(key, "").strip()
            if not text or heading in given.faults or key in CONTACT_PARTS:
                continue
            found, said = self._understood(key, text)
            made.values |= found
            made.problems += [Problem(heading, level, message) for level, message in said]
        self._conditions(made)
        self._contact(given, made)
        heading = self.sheet.heading_of.get("title", "")
        if not made.values.get("title") and not any(p.heading in {heading, ""} for p in made.problems):
            made.problems.append(Problem(heading, ERROR, _("没有题目")))
        return made

    def _understood(self, key: str, text: str) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
        known = (key, text)
        if known not in self._seen:
            try:
                self._seen[known] = self._parse[key](text)
            except ValueRefusedError as error:
                self._seen[known] = ({}, ((ERROR, str(error)),))
        return self._seen[known]

    def _parser(self, spec: FieldSpec) -> Callable[[str], tuple[dict[str, Any], tuple[tuple[str, str], ...]]]:
        unit, key = self.sheet.unit_of.get(spec.key, ""), spec.key
        if key == "price":
            return lambda text: (_range(text, unit), ())
        if spec.type is FieldType.ORGANISATION:
            return lambda text: ({key: str(self.owners.find(text).uid)}, ())
        if spec.type is FieldType.MONEY:
            return lambda text: (_stated(key, _amount(parse_money(text, unit))), ())
        if spec.type is FieldType.DATE:
            return lambda text: _day(key, text)
        if spec.type is FieldType.MONTH:
            return lambda text: (_stated(key, _month(text)), ())
        if spec.type is FieldType.YES_NO:
            return lambda text: (_stated(key, YES_NO[parse_yes_no(text)]), ())
        choices = self._choices(spec)
        if choices is None:
            return lambda text: ({key: _text(spec, text)}, ())
        if spec.many or spec.type is FieldType.CHOICES:
            return lambda text: (_stated(key, list(parse_choices(text, choices))), ())
        return lambda text: (_stated(key, parse_choice(text, choices)), ())

    def _choices(self, spec: FieldSpec) -> list[Choice] | None:
        match spec.type:
            case FieldType.AREA:
                return place_choices()
            case FieldType.TAXONOMY:
                return term_choices(spec.vocabulary)
            case FieldType.CHOICE | FieldType.CHOICES:
                return [Choice(key, label, (gettext(label),)) for key, label in spec.choices]
        return None

    def _conditions(self, made: RowRead) -> None:
        """A field that the form would not show is left out, with a word about it."""
        for key, spec in self.specs.items():
            if spec.when is not None and key in made.values and made.values.get(spec.when[0]) != spec.when[1]:
                del made.values[key]
                said = _("按前面所填，这一项用不上，没有采用")
                made.problems.append(Problem(self.sheet.heading_of[key], WARNING, said))

    def _contact(self, given: Given, made: RowRead) -> None:
        """A colleague of the owner by e-mail, or by name (the phone decides among namesakes); nobody is invented."""
        parts = {key: given.cells.get(key, "").strip() for key in CONTACT_PARTS if key in self.sheet.heading_of}
        name, mail = parts.get("contact", ""), parts.get("contact_email", "")
        if not name and not mail:
            return
        if "@" in name and not mail:
            name, mail = "", name
        people = self.owners.colleagues(UUID(made.values.get("owner") or str(self.sheet.owner)))
        found = [p for p in people if mail and p.account and p.account.email.lower() == mail.lower()]
        found = found or [p for p in people if name and p.name == "".join(name.split())]
        if len(found) > 1:
            phone = _digits(parts.get("contact_phone", ""))
            found = [p for p in found if phone and _digits(p.phone) == phone]
        if len(found) == 1:
            made.values["contact"] = str(found[0].uid)
            return
        heading = self.sheet.heading_of.get("contact") or self.sheet.heading_of.get("contact_email", "")
        said = _("“{name}”不是所属单位在平台上的同事，联系人先留空；请这位同事注册并加入单位后再指定")
        made.problems.append(Problem(heading, WARNING, said.format(name=(name or mail)[:30])))


def _stated(key: str, value: Any) -> dict[str, Any]:
    return {} if value in (None, "", []) else {key: value}


def _digits(text: str) -> str:
    return "".join(char for char in text if char.isdigit())


def _amount(value: Decimal | None) -> str | None:
    if value is not None and not 0 <= value < MAX_AMOUNT:
        raise ValueRefusedError(_("这个金额超出范围（0 至 1 万亿元），请检查单位"))
    return None if value is None else f"{value:f}"


def _range(text: str, unit: str) -> dict[str, Any]:
    found = parse_money_range(text, unit)
    return {} if found is None else {"price_low": _amount(found.low), "price_high": _amount(found.high)}


def _day(key: str, text: str) -> tuple[dict[str, Any], tuple[tuple[str, str], ...]]:
    found = parse_date(text)
    if found is None:
        return {}, ()
    if found.day is not None:
        return {key: found.first.isoformat()}, ()
    said = _("没有写到日，按 {day} 记").format(day=found.last.isoformat())
    return {key: found.last.isoformat()}, ((WARNING, said),)


def _month(text: str) -> str | None:
    found = parse_date(text)
    if found is not None and found.month is None:
        raise ValueRefusedError(_("“{text}”没有写到月").format(text=text[:20]))
    return None if found is None else f"{found.year}-{found.month:02d}"


def _text(spec: FieldSpec, text: str) -> str:
    plain = "\n".join(" ".join(line.split()) for line in text.splitlines()).strip()
    plain = plain if spec.type is FieldType.LONG_TEXT else " ".join(BROKEN.sub("", plain).split())
    if len(plain) > spec.max_length:
        said = _("有 {length} 个字，最多 {most} 个")
        raise ValueRefusedError(said.format(length=len(plain), most=spec.max_length))
    return plain


def typed(kind: ListingKind, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Values out of the stored row as the form gives them: amounts and dates typed again; columns beside are left."""
    made: dict[str, Any] = {}
    types = {f.key: f.type for f in kind.fields}
    for key, value in plain.items():
        if key not in types:
            continue
        if value is not None and types[key] is FieldType.MONEY:
            made[key] = Decimal(value)
        elif value is not None and types[key] is FieldType.DATE:
            made[key] = date.fromisoformat(value)
        else:
            made[key] = value
    return made
