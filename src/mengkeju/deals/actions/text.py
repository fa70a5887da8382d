"""The text of a contract: versions put up, confirmed by every party by their digest, taken back, scans and addenda.

Nothing here changes a stored version: another text is another row. All acts on one deal's texts go one after the
other (the row of the deal is locked), so that nobody confirms a version while a newer one is being put up.
"""

from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives import hashes
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mengkeju.deals import queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.actions.deal import refuse_over, tell_others
from mengkeju.deals.engine.steps import Step
from mengkeju.deals.models import (
    AGREED_ROLES,
    TEXT_LANGUAGES,
    TEXT_ROLES,
    ContractText,
    Deal,
    DealParty,
    TextConfirmation,
)
from mengkeju.directory import queries as directory
from mengkeju.directory.models import Person
from mengkeju.kernel import audit, files
from mengkeju.kernel.access import Actor, RefusedError, require
from mengkeju.kernel.actions import lock
from mengkeju.kernel.models import File
from mengkeju.kernel.workflow import TransitionRefusedError

FILE_ROLE = "text"
"""In which role the file hangs on its version."""


def _deal(deal: Deal, needs: DealPerm, by: Actor) -> Deal:
    """The deal, locked; whoever lacks the right or comes too late is refused."""
    require(by, needs, deal)
    fresh = lock(deal)
    refuse_over(fresh)
    if not fresh.kind_spec.has(Step.TEXT):
        raise TransitionRefusedError(_("这一类合作项目没有合同文本"), "no_step")
    return fresh


def _own_party(deal: Deal, by: Actor) -> DealParty:
    mine = queries.own_sides(by, deal)
    if not mine:
        raise RefusedError(DealPerm.TEXT, _("您不是合同各方的人员"), _("合同各方人员"))
    return mine[0]


def _person(by: Actor) -> Person:
    person = directory.person_of(by)
    if person is None:
        raise RefusedError(DealPerm.TEXT_CONFIRM, _("这个登录没有对应的人员"), _("合同各方人员"))
    return person


@transaction.atomic
def upload_text(
    deal: Deal,
    upload: files.Upload,
    *,
    role: str,
    by: Actor,
    now: datetime,
    language: str = "zh",
    translation_of: ContractText | None = None,
    note: str = "",
) -> ContractText:
    """Put up the next version of a role. Of a newer main text all confirmations begin anew; the older ones stay.

    Before signing: the main text, a translation, a scan; after it: an addendum, a translation, a scan. RefusedError,
    TransitionRefusedError, FileRefusedError, ValidationError by field (role, language, translation_of, upload).
    """
    fresh = _deal(deal, DealPerm.TEXT, by)
    party = _own_party(fresh, by)
    _check_role(fresh, role, language, translation_of)
    _refuse_same(fresh, upload, role)
    owner = party.organisation.uid if party.organisation else None
    kept = files.store(upload, by=by, now=now, tier="parties", owner=owner, area=fresh.area)
    last = fresh.texts.filter(role=role).order_by("-version").first()
    made = ContractText.objects.create(
        deal=fresh,
        party=party,
        role=role,
        version=last.version + 1 if last else 1,
        language=language,
        translation_of=translation_of,
        file=kept,
        sm3=kept.sm3,
        note=note.strip(),
        area=fresh.area,
        created_at=now,
        created_by_id=by.account_id,
    )
    files.attach(kept, made, role=FILE_ROLE)
    audit.record("deal.text_uploaded", fresh, by=by, now=now, payload=_payload(made, note=made.note))
    title = (
        gettext_lazy("合作项目 {number} 有新的文本，请核对并确认")
        if role in AGREED_ROLES
        else gettext_lazy("合作项目 {number} 有新的文件")
    )
    tell_others(fresh, by, format_lazy(title, number=fresh.number), now)
    return made


def _payload(text: ContractText, **more: Any) -> dict[str, Any]:
    return {
        "text": str(text.uid),
        "role": text.role,
        "version": text.version,
        "sm3": text.sm3,
        "sha256": text.file.sha256,
        **more,
    }


def _check_role(deal: Deal, role: str, language: str, translation_of: ContractText | None) -> None:
    if role not in TEXT_ROLES:
        raise ValidationError({"role": _("没有这一种文本")})
    if language not in TEXT_LANGUAGES:
        raise ValidationError({"language": _("没有这一种语言")})
    talking = deal.state == "talking"
    if role == "main" and not talking and not queries.lacks_text(deal):
        raise ValidationError({"role": _("签约以后不能再换合同文本，请上传补充协议")})
    if role == "addendum" and talking:
        raise ValidationError({"role": _("签约以后才有补充协议；现在请上传新一版合同文本")})
    if role != "translation":
        if translation_of is not None:
            raise ValidationError({"translation_of": _("只有中文译本才写明译自哪一份")})
        return
    if language != "zh":
        raise ValidationError({"language": _("译本要用中文")})
    if (
        translation_of is None
        or not deal.texts.filter(pk=translation_of.pk, role__in=AGREED_ROLES, archived_at=None)
        .exclude(language="zh")
        .exists()
    ):
        raise ValidationError({"translation_of": _("请选择译自哪一份外文文本")})


def _refuse_same(deal: Deal, upload: files.Upload, role: str) -> None:
    """The very file of the newest version again would only void its confirmations."""
    newest = deal.texts.filter(role=role, archived_at=None).order_by("-version").first()
    if newest is None:
        return
    sm3 = hashes.Hash(hashes.SM3())
    for chunk in upload.chunks():
        sm3.update(chunk)
    upload.seek(0)
    if sm3.finalize().hex() == newest.sm3:
        said = _("与第 %(version)s 版是同一个文件") % {"version": newest.version}
        raise ValidationError({"upload": said})


@transaction.atomic
def confirm_text(text: ContractText, *, party: DealParty, sm3: str, by: Actor, now: datetime) -> TextConfirmation:
    """A party's word, by one of its people, on exactly this text. A second time changes nothing.

    `sm3` is the digest the page showed. When every party has confirmed, the version is frozen; signing is an act of
    its own. RefusedError; TransitionRefusedError with the code taken_back, newer, digest or role.
    """
    deal = _deal(text.deal, DealPerm.TEXT_CONFIRM, by)
    if party.pk not in {mine.pk for mine in queries.own_sides(by, deal)}:
        raise RefusedError(DealPerm.TEXT_CONFIRM, _("只能代表自己所在的一方确认"), _("该方人员"))
    row = _asked_for(deal, text, sm3)
    return _confirmed(row, party, by=by, now=now)


def _asked_for(deal: Deal, text: ContractText, sm3: str) -> ContractText:
    """The version as it stands, if it is the one to be confirmed now."""
    row = deal.texts.select_related("deal", "file").get(pk=text.pk)
    if row.archived_at is not None:
        raise TransitionRefusedError(_("这一版已经撤回，不能确认"), "taken_back")
    if row.role not in AGREED_ROLES:
        raise TransitionRefusedError(_("译本和扫描件不用确认"), "role")
    if deal.texts.filter(role=row.role, version__gt=row.version, archived_at=None).exists():
        raise TransitionRefusedError(_("文本已有新版，请核对新的一版再确认"), "newer")
    if sm3 != row.sm3:
        raise TransitionRefusedError(_("您核对的摘要与这一版不同，请重新打开文件核对"), "digest")
    return row


def _confirmed(
    row: ContractText, party: DealParty, *, by: Actor, now: datetime, scan: ContractText | None = None
) -> TextConfirmation:
    known = row.confirmations.filter(party=party).first()
    if known is not None:
        return known
    made = TextConfirmation.objects.create(
        text=row,
        party=party,
        person=_person(by),
        sm3=row.sm3,
        scan=scan,
        area=row.area,
        created_at=now,
        created_by_id=by.account_id,
    )
    kind = "deal.text_confirmed" if scan is None else "deal.text_confirmed_on_paper"
    more = {"party": str(party.uid)} if scan is None else {"party": str(party.uid), "scan": scan.sm3}
    audit.record(kind, row.deal, by=by, now=now, payload=_payload(row, **more))
    frozen = _freeze(row, by=by, now=now)
    title = (
        gettext_lazy("合作项目 {number} 的文本各方都已确认")
        if frozen
        else gettext_lazy("合作项目 {number} 的文本有一方已确认")
    )
    tell_others(row.deal, by, format_lazy(title, number=row.deal.number), now)
    return made


def _freeze(row: ContractText, *, by: Actor, now: datetime) -> bool:
    if row.unconfirmed():
        return False
    row.frozen_at = now
    row.save(update_fields=["frozen_at"])
    audit.record("deal.text_frozen", row.deal, by=by, now=now, payload=_payload(row))
    return True


@transaction.atomic
def confirm_on_paper(
    text: ContractText, *, party: DealParty, scan: "ContractText | files.Upload", sm3: str, by: Actor, now: datetime
) -> TextConfirmation:
    """Put on record that a party without people on the platform agreed on paper, with the scan that shows it.

    `scan`: a stored text of the role scan, or a file to store as one. RefusedError; TransitionRefusedError, with the
    code has_people when the party can confirm itself; FileRefusedError, ValidationError.
    """
    deal = _deal(text.deal, DealPerm.TEXT_CONFIRM, by)
    _own_party(deal, by)
    row = _asked_for(deal, text, sm3)
    standing = deal.parties.filter(pk=party.pk, archived_at=None).select_related("organisation", "person").first()
    if standing is None:
        raise TransitionRefusedError(_("这一方已经移出"), "archived")
    if queries.has_people(standing):
        said = _("“%(name)s”在平台上有人员，请其自己确认") % {"name": standing.name}
        raise TransitionRefusedError(said, "has_people")
    if not isinstance(scan, ContractText):
        scan = upload_text(deal, scan, role="scan", by=by, now=now)
    if not deal.texts.filter(pk=scan.pk, role="scan", archived_at=None).exists():
        raise ValidationError({"scan": _("请选择签字盖章扫描件")})
    return _confirmed(row, standing, by=by, now=now, scan=scan)


@transaction.atomic
def take_back_text(text: ContractText, reason: str, *, by: Actor, now: datetime) -> ContractText:
    """Take back a version put up by mistake: the side that put it up, with a reason, while nobody has confirmed it.

    Its file is open to nobody any more but to whoever stored it by the record; the row with its digest stays.
    RefusedError, TransitionRefusedError, ValidationError.
    """
    deal = _deal(text.deal, DealPerm.TEXT, by)
    row = deal.texts.select_related("deal", "file").get(pk=text.pk)
    if row.party_id not in {mine.pk for mine in queries.own_sides(by, deal)}:
        raise RefusedError(DealPerm.TEXT, _("只能撤回本方上传的版本"), _("上传的一方"))
    if row.archived_at is not None:
        return row
    if row.confirmations.exists() or row.confirms.exists():
        raise TransitionRefusedError(_("已经有一方据此确认，不能撤回；请上传新的一版"), "confirmed")
    if row.translations.filter(archived_at=None).exists():
        raise TransitionRefusedError(_("请先撤回它的中文译本"), "translated")
    if not reason.strip():
        raise ValidationError({"reason": _("请写明撤回的理由")})
    gone = {"archived_at": now, "archived_by_id": by.account_id, "archived_reason": reason.strip()[:200]}
    ContractText.objects.filter(pk=row.pk).update(**gone)
    File.objects.filter(pk=row.file_id).update(**gone)
    row.refresh_from_db()
    audit.record("deal.text_taken_back", deal, by=by, now=now, payload=_payload(row, note=reason.strip()))
    tell_others(deal, by, format_lazy(gettext_lazy("合作项目 {number} 撤回了一版文本"), number=deal.number), now)
    return row
