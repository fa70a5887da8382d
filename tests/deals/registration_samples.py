"""A signed technology contract with everything its registration asks for, and the application of it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from mengkeju.deals import actions
from mengkeju.deals.engine.application import Particulars
from mengkeju.deals.engine.precheck_facts import CLAUSES
from mengkeju.deals.models import ContractText, Deal, PriceLine, Registration, TextConfirmation
from mengkeju.directory.models import Person
from mengkeju.kernel import clock, files
from mengkeju.kernel.access import Actor
from tests import factories as f
from tests.deals import samples as s

NOW = s.NOW
TODAY = clock.today(NOW)
CONTENT = "针对气化细渣含碳高的问题，研究浮选脱碳工艺：烧失量由 32% 降到 8% 以下，处理能力每小时 5 吨，" * 3
ANSWERS = {"technical": "yes", "develops": "yes", "jointly": "one_side"}
LINES = (("technical", "研究开发费", "800000.00"), ("equipment", "浮选试验机", "200000.00"))
FULL = Particulars(
    clauses=dict.fromkeys(CLAUSES, "present"), invoice="ordinary", ip_improvements=True, complete_text=True
)
SETTLED = {
    "summary": CONTENT,
    "ip_terms": "成果归双方共有",
    "ip_kind": "secret",
    "field": "new_materials",
    "plan_source": "none",
    "effective_from": TODAY,
    "effective_until": date(2099, 12, 31),
}


def pdf(name: str = "承诺书.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, s.PDF)


def talked(pair: s.Pair, *, lines: tuple[tuple[str, str, str], ...] = LINES, **columns: Any) -> Deal:
    """A deal of the pair with its price and particulars, not signed."""
    deal = actions.open_deal(pair.bring(pair.declared(), "talking"), by=pair.of_institute, now=NOW)
    for order, (kind, label, amount) in enumerate(lines):
        PriceLine.objects.create(
            deal=deal, kind=kind, label=label, amount=Decimal(amount), order=order, area=deal.area, created_at=NOW
        )
    Deal.objects.filter(pk=deal.pk).update(**(SETTLED | columns))
    deal.refresh_from_db()
    return deal


def add_text(deal: Deal, by: Actor, *, role: str = "main", **columns: Any) -> ContractText:
    """A text of the deal as if it had been uploaded."""
    kept = files.store(pdf("合同.pdf"), by=by, now=NOW, area=deal.area)
    version = deal.texts.filter(role=role).count() + 1
    party = deal.parties.get(side="seller", role="lead")
    given = {"party": party, "version": version, "file": kept, "sm3": kept.sm3, "area": deal.area, "created_at": NOW}
    return ContractText.objects.create(deal=deal, role=role, **(given | columns))


def confirm(text: ContractText, person: Person) -> None:
    """Every party has said yes to a text."""
    for party in text.deal.parties.filter(archived_at=None):
        TextConfirmation.objects.create(text=text, party=party, person=person, sm3=text.sm3, created_at=NOW)


def signed(pair: s.Pair, *, language: str = "zh", **options: Any) -> Deal:
    """The deal signed today by both sides."""
    deal = talked(pair, **options)
    text = add_text(deal, pair.of_institute, language=language)
    confirm(text, f.person(f.manager(pair.institute)))
    return actions.sign_deal(deal, signed_on=TODAY, by=pair.of_institute, now=NOW)


def prepared(pair: s.Pair, deal: Deal | None = None, *, ready: bool = True) -> Registration:
    """The application of the institute; `ready`: with everything, so that it may be filed."""
    by = pair.of_institute
    made = actions.prepare_registration(deal or signed(pair), by=by, now=NOW)
    if not ready:
        return made
    made = typed(made, by)
    flags = made.particulars["flags"]
    made = actions.edit_particulars(made, replace(FULL, flags=frozenset(flags)), by=by, now=NOW)
    for key in ("pledge", "business_licence", "representative_id"):
        actions.attach_document(made, key, pdf(), by=by, now=NOW)
    return made


def typed(registration: Registration, by: Actor, **given: Any) -> Registration:
    """Its type by the questions: a commissioned development."""
    options: dict[str, Any] = {
        "answers": ANSWERS,
        "contract_type": "development",
        "contract_subtype": "commissioned",
        "is_import": registration.is_import,
    }
    return actions.edit_registration(registration, by=by, now=NOW, **(options | given))


def filed(pair: s.Pair, deal: Deal | None = None) -> Registration:
    """The application handed in."""
    return actions.file_registration(prepared(pair, deal), declared_true=True, by=pair.of_institute, now=NOW)
