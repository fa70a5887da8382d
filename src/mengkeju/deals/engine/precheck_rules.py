"""The rules of the pre-check, one function per dimension. A rule says what it found; nothing found is a pass."""

import re
import unicodedata
from collections.abc import Callable, Iterator
from decimal import Decimal

from mengkeju.deals.engine import contract_types as types
from mengkeju.deals.engine import price
from mengkeju.deals.engine.precheck_facts import (
    CLAUSES,
    DOCUMENTS,
    RULES,
    ContractFacts,
    Note,
    PartyFacts,
    Result,
    Side,
)
from mengkeju.kernel.figures import amount as words_of
from mengkeju.kernel.figures import full_date
from mengkeju.kernel.words import gettext as _
from mengkeju.kernel.words import listed, word

Notes = Iterator[Note]
# A figure with something that can be a unit behind it.
FIGURE = re.compile(r"[0-9]\s*(?:[%‰℃°A-Za-zμΩ]|[\u4e00-\u9fff])")
BLANK = re.compile(r"[\s。.,;()…]+")


def _plain(text: str) -> str:
    """In one width, without spaces and the signs around a word."""
    return BLANK.sub("", unicodedata.normalize("NFKC", text))


def of_type(facts: ContractFacts) -> Notes:
    """合同类型判定: chosen, and in agreement with the questions, or with a reason why not."""
    if facts.suggested_type == types.NONE:
        result: Result = "warning" if facts.type_reason.strip() else "fix"
        yield Note(result, _("按问题判断，这份合同不是技术合同；请核对回答，或者写明理由"), "suggested_type")
    if facts.contract_type not in types.TYPES:
        yield Note("fix", _("请选择合同类型"), "contract_type")
        return
    if facts.contract_type == "development" and facts.subtype not in types.SUBTYPES:
        yield Note("fix", _("请写明是委托开发还是合作开发"), "subtype")
    if not facts.suggested_type:
        yield Note("warning", _("还没有回答判定类型的问题"), "suggested_type")
    elif facts.suggested_type in types.TYPES and facts.suggested_type != facts.contract_type:
        names = {"suggested": word(types.TYPES[facts.suggested_type]), "type": word(types.TYPES[facts.contract_type])}
        if facts.type_reason.strip():
            yield Note("warning", _("按问题判断是%(suggested)s，申报为%(type)s，已写明理由") % names, "contract_type")
        else:
            said = _("按问题判断是%(suggested)s，申报为%(type)s，请写明理由或者改选")
            yield Note("fix", said % names, "type_reason")


def of_subject(facts: ContractFacts) -> Notes:
    """主体审查: both sides, who they are, not the same on both, not before they existed."""
    for side, said in (("seller", _("没有写明卖方")), ("buyer", _("没有写明买方"))):
        if not any(party.side == side for party in facts.parties):
            yield Note("fix", said, "parties")
    for place, party in enumerate(facts.parties):
        yield from _of_party(facts, party, f"parties.{place}")
    sellers = _on(facts, "seller")
    if sellers and all(seller.foreign for seller in sellers) and not facts.is_import:
        yield Note("fix", _("卖方都在境外，属于技术进口，由境内买方申请登记"), "is_import")
    for buyer in _on(facts, "buyer"):
        if any(_is_same(buyer, seller) for seller in sellers):
            yield Note("fix", _("%(name)s同时是卖方和买方") % {"name": buyer.name}, "parties")


def _on(facts: ContractFacts, side: Side) -> list[PartyFacts]:
    return [party for party in facts.parties if party.side == side]


def _is_same(one: PartyFacts, other: PartyFacts) -> bool:
    """By code where both have one; else by name, width and spaces aside."""
    if one.credit_code and other.credit_code:
        return one.credit_code == other.credit_code
    return bool(_plain(one.name)) and _plain(one.name) == _plain(other.name)


def _of_party(facts: ContractFacts, party: PartyFacts, anchor: str) -> Notes:
    name = {"name": party.name or _("这一方")}
    if not party.name.strip():
        yield Note("fix", _("有一方没有写名称"), f"{anchor}.name")
    if facts.signed_on and party.founded_on and facts.signed_on < party.founded_on:
        said = _("%(name)s成立于 %(founded)s，晚于合同签订日 %(signed)s")
        days = {"founded": full_date(party.founded_on), "signed": full_date(facts.signed_on)}
        yield Note("fix", said % (name | days), f"{anchor}.founded_on")
    if party.foreign:
        return
    if party.kind == "individual":
        if not party.verified:
            yield Note("warning", _("%(name)s是个人，登记时要出示身份证件") % name, anchor)
    elif not party.credit_code:
        yield Note("fix", _("请写明%(name)s的统一社会信用代码") % name, f"{anchor}.credit_code")
    elif not party.verified:
        yield Note("warning", _("%(name)s还没有在平台核验") % name, anchor)


def of_clauses(facts: ContractFacts) -> Notes:
    """必备条款: the essential ones are written, the others written or said to be 无."""
    said, asked = facts.clauses or {}, [c for c in CLAUSES.values() if not c.types or facts.contract_type in c.types]
    for clause in asked:
        stands, name = said.get(clause.key), {"clause": word(clause)}
        if clause.essential and stands != "present":
            text = _("“%(clause)s”不能写“无”") if stands == "none" else _("合同里没有“%(clause)s”")
            yield Note("fix", text % name, f"clauses.{clause.key}")
        elif stands not in ("present", "none"):
            text = _("“%(clause)s”空着；没有约定的条款要写“无”")
            yield Note("fix" if facts.uses_model_text else "warning", text % name, f"clauses.{clause.key}")


def of_technical(facts: ContractFacts) -> Notes:
    """技术内容: real and specific; a text that points elsewhere says nothing."""
    text = _plain(facts.technical_content)
    if not text or text in RULES.empty_words or text == _plain(facts.title):
        yield Note("fix", _("请写明技术目标、技术内容、技术方法和路线"), "technical_content")
    elif len(text) < RULES.content_least:
        yield Note("fix", _("技术内容只有 %(count)s 个字，看不出要做什么") % {"count": len(text)}, "technical_content")
    else:
        if len(text) < RULES.content_telling:
            yield Note("warning", _("技术内容写得短，请写具体"), "technical_content")
        if not FIGURE.search(text):
            yield Note("warning", _("技术内容里没有可以考核的指标"), "technical_content")


def of_ip(facts: ContractFacts) -> Notes:
    """知识产权归属: which right where one is passed on; who owns what comes out."""
    if facts.contract_type in RULES.ip_of_types:
        if facts.ip_kind in ("", "none"):
            yield Note("fix", _("转让、许可的是哪一种知识产权，请写明"), "ip_kind")
        elif facts.ip_kind not in RULES.ip_without_number and not facts.ip_numbers:
            yield Note("fix", _("请写明所转让、许可的知识产权的号码"), "ip_numbers")
    elif not facts.ip_kind:
        yield Note("warning", _("请选择涉及的知识产权种类；不涉及的选“无”"), "ip_kind")
    if not facts.ip_ownership_said:
        result: Result = "fix" if facts.contract_type == "development" else "warning"
        yield Note(result, _("没有写明成果的知识产权归谁"), "ip_ownership")
    elif not facts.ip_improvements_said:
        yield Note("warning", _("没有写明后续改进的成果归谁；可以登记，建议补一句"), "ip_improvements")


def of_price(facts: ContractFacts, expert_from: Decimal | None) -> Notes:
    """价款报酬: sums, the split, what is open, and whether the experts must hear of it."""
    troubles = price.check_lines(
        facts.price_mode,
        facts.lines,
        facts.instalments,
        facts.said_total,
        royalty_rate=facts.royalty_rate,
        royalty_terms=facts.royalty_terms,
    )
    yield from (Note("fix", trouble.message, trouble.field) for trouble in troubles)
    if troubles:
        return
    total, technology = price.contract_value(facts.lines), price.technology_value(facts.lines)
    yield from _applied(facts, total, technology)
    if total is None:
        royalty = facts.price_mode == "royalty"
        said = (
            _("只约定提成、没有金额，可以登记；实际收到以后要补正") if royalty else _("价款暂未确定，定下来以后要补正")
        )
        yield Note("warning", said, "price_mode")
    elif not technology:
        yield Note("fix", _("价款里没有技术部分，不能认定为技术合同"), "lines")
    for place, line in enumerate(facts.lines):
        if line.kind == "technical" and any(sign in line.label for sign in RULES.bought_words):
            yield Note(
                "warning", _("“%(line)s”归入技术，请核对是不是购置") % {"line": line.label}, f"lines.{place}.kind"
            )
    known = facts.technology_value if technology is None else technology
    if expert_from is not None and known is not None and known >= expert_from:
        figures = {"value": words_of(known), "limit": words_of(expert_from)}
        yield Note("warning", _("技术交易额 %(value)s，达到 %(limit)s，需送专家评审") % figures, "technology_value")


def _applied(facts: ContractFacts, total: Decimal | None, technology: Decimal | None) -> Notes:
    """What was applied for against the lines."""
    pairs = (
        (facts.contract_value, total, "contract_value", _("合同成交额申报 %(said)s，各行合计 %(sum)s")),
        (facts.technology_value, technology, "technology_value", _("技术交易额申报 %(said)s，技术各行合计 %(sum)s")),
    )
    for applied, found, anchor, said in pairs:
        if applied is not None and found is not None and applied != found:
            yield Note("fix", said % {"said": words_of(applied), "sum": words_of(found)}, anchor)
    values = (facts.technology_value, facts.contract_value)
    if values[0] is not None and values[1] is not None and values[0] > values[1]:
        yield Note("fix", _("申报的技术交易额大于合同成交额"), "technology_value")


def of_finance(facts: ContractFacts) -> Notes:
    """财务税务: the invoice, and what must be settled before relief is claimed."""
    if facts.invoice == "special":
        yield Note("warning", _("约定开增值税专用发票；要享受免税只能开普通发票"), "invoice")
    elif not facts.invoice:
        yield Note("warning", _("没有写明开什么发票；要享受免税只能开普通发票"), "invoice")
    if price.contract_value(facts.lines) is None:
        yield Note("warning", _("金额没有全部确定，享受税收优惠、领取奖酬金以前要补正"), "price_mode")


def of_term(facts: ContractFacts) -> Notes:
    """合同期限: in force and not over on the day of application."""
    begins = facts.effective_from or facts.signed_on
    if begins is None:
        yield Note("fix", _("请写明合同从哪天起生效"), "effective_from")
    elif begins > facts.today:
        yield Note("fix", _("合同 %(day)s 才生效，生效以后再申请") % {"day": full_date(begins)}, "effective_from")
    if facts.effective_until is None:
        yield Note("warning", _("没有写明有效期到哪天；登记要在有效期内申请"), "effective_until")
    elif begins is not None and facts.effective_until < begins:
        yield Note("fix", _("有效期的止日早于起日"), "effective_until")
    elif facts.effective_until < facts.today:
        said = _("合同 %(day)s 已经到期，有效期内才能申请")
        yield Note("fix", said % {"day": full_date(facts.effective_until)}, "effective_until")
    if facts.effective_from and facts.signed_on and facts.effective_from < facts.signed_on:
        yield Note("warning", _("写的生效日早于签订日，请核对"), "effective_from")


def asked_documents(facts: ContractFacts) -> list[str]:
    """Keys of the files this contract needs: what the checklist asks, and what follows from the facts; in order."""
    sides = [party for party in facts.parties if not party.foreign]
    follows = {
        "licence": any(party.first_time for party in sides),
        "authority": any(party.signs_inside for party in facts.parties),
        "plan_consent": bool(facts.plan_source) and not facts.plan_consent,
        "permit": facts.needs_permit,
        "import_sheet": facts.is_import,
        "import_certificate": facts.is_import,
    }
    needed = {key for key, needs in follows.items() if needs} | facts.asked
    return [*(key for key in DOCUMENTS if key in needed), *sorted(needed - DOCUMENTS.keys())]


def of_attachments(facts: ContractFacts) -> Notes:
    """附件完整性: the whole text, in Chinese, and every file that is asked for."""
    if facts.text_files <= 0:
        yield Note("fix", _("请上传合同文本"), "text_files")
    elif not facts.text_complete:
        yield Note("fix", _("合同文本不完整，请上传全文和附件"), "text_files")
    if "zh" not in facts.languages and not facts.has_translation and "translation" not in facts.documents:
        # Mongolian is a language of the region and no foreign one; a translation only helps the registrar.
        foreign = set(facts.languages) != {"mn"}
        said = _("外文合同要附中文译本") if foreign else _("蒙古文合同建议附中文译本")
        yield Note("fix" if foreign else "warning", said, "documents.translation")
    at_hand = facts.documents | ({"contract"} if facts.text_files > 0 else set())
    for key in asked_documents(facts):
        if key not in at_hand and key not in ("contract", "translation"):
            name = word(DOCUMENTS[key]) if key in DOCUMENTS else key
            yield Note("fix", _("缺%(document)s") % {"document": name}, f"documents.{key}")


def of_signing(facts: ContractFacts) -> Notes:
    """签字盖章: in writing, by all, on a day that has come."""
    if facts.oral:
        yield Note("fix", _("口头合同不能登记，请订立书面合同"), "oral")
        return
    if not facts.signed_by_all or facts.unsigned:
        who = listed([name for name in facts.unsigned if name])
        said = _("%(names)s还没有签字盖章") % {"names": who} if who else _("各方还没有都签字盖章")
        yield Note("fix", said, "signatures")
    if facts.signed_on is None:
        yield Note("fix", _("请写明合同签订的日期"), "signed_on")
    elif facts.signed_on > facts.today:
        yield Note("fix", _("合同签订日晚于今天"), "signed_on")


WITHOUT_LIMITS: dict[str, Callable[[ContractFacts], Notes]] = {
    "type": of_type,
    "subject": of_subject,
    "clauses": of_clauses,
    "technical": of_technical,
    "ip": of_ip,
    "finance": of_finance,
    "term": of_term,
    "attachments": of_attachments,
    "signing": of_signing,
}
"""Every rule but that of the price, which is handed the threshold of expert review."""
