"""What the pre-check is told of a registration: read from the deal, its price, texts and files. Writes nothing."""

from datetime import date
from typing import Any, Literal, cast

from mengkeju.deals.engine import application
from mengkeju.deals.engine.precheck import precheck
from mengkeju.deals.engine.precheck_facts import DIMENSIONS, ContractFacts, Finding, PartyFacts, Side
from mengkeju.deals.models import ContractText, DealParty, Registration
from mengkeju.deals.queries.registration import (
    Paper,
    checklist,
    day_of,
    expert_from,
    flags_of,
    lines_of,
    texts_in_force,
)

ENGINE_KEYS = {
    "record_form": "form",
    "business_licence": "licence",
    "representative_id": "licence",
    "income_form": "income_sheet",
    "reward_form": "reward_sheet",
    "project_consent": "plan_consent",
    "import_data": "import_sheet",
}
"""Key of the checklist → key of `precheck.yaml`, where they differ."""


def findings_of(registration: Registration) -> tuple[Finding, ...]:
    """The ten findings as things stand. A constant number of queries."""
    return judged(facts_of(registration))


def findings_told(registration: Registration) -> list[dict[str, Any]]:
    """As `application.kept_findings` keeps them: as things stand while the applicant may mend, then as of filing."""
    if registration.state in ("prepared", "supplement"):
        rows: list[dict[str, Any]] = application.kept_findings(findings_of(registration))["findings"]
        return rows
    return [row for row in registration.checks.get("findings", []) if row.get("dimension") in DIMENSIONS]


def judged(facts: ContractFacts) -> tuple[Finding, ...]:
    """The ten findings about facts, with the figures in force on their day. No query."""
    return precheck(facts, expert_from=expert_from(facts.today))


def facts_of(registration: Registration, today: date | None = None) -> ContractFacts:
    """The contract as the pre-check sees it on the day of application. Eight queries, whatever the sizes.

    `today`: the day it is judged by; as filed, before that the present day.
    """
    deal, said = registration.deal, application.read(registration.particulars)
    parties = list(deal.parties.filter(archived_at=None).select_related("organisation", "person"))
    texts = texts_in_force(deal)
    unsigned = _unsigned(parties, texts)
    flags = flags_of(registration, texts)
    papers = checklist(registration, texts)
    open_yet = registration.state in ("prepared", "supplement")
    main = [text for text in texts if text.role == "main"]
    return ContractFacts(
        today=today or day_of(registration),
        title=deal.title,
        contract_type=registration.contract_type,
        subtype=registration.contract_subtype,
        suggested_type=registration.suggested_type,
        type_reason=registration.type_reason,
        parties=_party_facts(registration, parties, flags),
        is_import=registration.is_import,
        signed_on=deal.signed_on,
        signed_by_all=bool(main) and deal.state != "talking" and not unsigned,
        unsigned=unsigned,
        effective_from=deal.effective_from,
        effective_until=deal.effective_until,
        text_files=sum(1 for text in texts if text.role in ("main", "scan")),
        text_complete=said.complete_text,
        uses_model_text=said.model_text,
        languages=tuple(dict.fromkeys(text.language for text in main)) or ("zh",),
        has_translation=any(text.role == "translation" and text.language == "zh" for text in texts),
        clauses=said.clauses,
        technical_content=deal.summary,
        ip_kind=deal.ip_kind,
        ip_numbers=said.ip_numbers,
        ip_ownership_said=bool(deal.ip_terms.strip()) or any(p.ip_share is not None for p in parties),
        ip_improvements_said=said.ip_improvements,
        price_mode=deal.price_mode,
        lines=lines_of(deal),
        instalments=tuple(deal.instalments.filter(archived_at=None).values_list("amount", flat=True)),
        royalty_rate=deal.royalty_rate,
        royalty_terms=deal.price_terms,
        contract_value=None if open_yet else registration.applied_value,
        technology_value=None if open_yet else registration.applied_technology,
        invoice=cast("Literal['', 'ordinary', 'special']", said.invoice),
        plan_source="" if deal.plan_source == "none" else deal.plan_source,
        needs_permit="permit_goods" in flags,
        documents=_provided(papers),
        asked=frozenset(ENGINE_KEYS.get(p.item.key, p.item.key) for p in papers if p.asked),
    )


def _unsigned(parties: list[DealParty], texts: list[ContractText]) -> tuple[str, ...]:
    """Who has not confirmed the main text, on the platform or by a scan of what he signed."""
    main = next((text for text in texts if text.role == "main"), None)
    if main is None:
        return tuple(party.name for party in parties)
    done = set(main.confirmations.filter(archived_at=None).values_list("party", flat=True))
    return tuple(party.name for party in parties if party.pk not in done)


def _party_facts(registration: Registration, parties: list[DealParty], flags: frozenset[str]) -> tuple[PartyFacts, ...]:
    """The sellers and buyers, the lead of a side first. What is said of the signer is said of the applicant."""
    found = []
    for party in sorted(parties, key=lambda p: (p.side != "seller", p.role != "lead", p.order)):
        if party.side not in ("seller", "buyer"):
            continue
        applies, place = party.pk == registration.applicant_id, party.organisation
        found.append(
            PartyFacts(
                name=party.name,
                side=cast("Side", party.side),
                kind="individual" if party.individual or party.person is not None else "organisation",
                credit_code=place.credit_code if place is not None else "",
                verified=place is not None and place.verified,
                founded_on=party.founded_on,
                first_time=applies and "first_time_seller" in flags,
                foreign=registration.is_import and party.side == "seller",
                signs_inside=applies and "internal_department_signs" in flags,
            )
        )
    return tuple(found)


def _provided(papers: list[Paper]) -> frozenset[str]:
    """Keys of the engine whose every file is there."""
    missing = {ENGINE_KEYS.get(p.item.key, p.item.key) for p in papers if p.missing}
    there = {ENGINE_KEYS.get(p.item.key, p.item.key) for p in papers if p.is_there}
    return frozenset(there - missing)
