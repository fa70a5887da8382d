"""Handing out the documents of a contract as one ZIP with manifest and signed sheet; who took it is on record."""

import hashlib
import json
import logging
import tempfile
import zipfile
from datetime import datetime
from typing import IO, Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from mengkeju.deals import queries
from mengkeju.deals.access import DealPerm
from mengkeju.deals.engine import bundle
from mengkeju.deals.models import Deal
from mengkeju.deals.queries import Document
from mengkeju.kernel import audit, signing
from mengkeju.kernel.access import Actor, require
from mengkeju.kernel.evidence import build
from mengkeju.kernel.models import Event
from mengkeju.kernel.workflow import TransitionRefusedError

log = logging.getLogger(__name__)


def hand_out_bundle(deal: Deal, *, by: Actor, now: datetime) -> IO[bytes]:
    """The ZIP as an open temporary file, at its beginning; closing it removes it.

    RefusedError; TransitionRefusedError with the code empty (no document yet) or lost (one is not in the storage).
    Where the node has no key to sign with, the bundle comes without its evidence.
    """
    require(by, DealPerm.READ_INSIDE, deal)
    found = queries.documents(deal)
    if not found:
        raise TransitionRefusedError(_("还没有可以打包的文件"), "empty")
    with transaction.atomic():
        manifest = _manifest(deal, found, now)
        sheet = _evidence(deal, manifest, now)
        digest = hashlib.sha256(bundle.written(manifest)).hexdigest()
        audit.record("deal.bundle_taken", deal, by=by, now=now, payload={"manifest": digest, "files": len(found)})
    return _zipped(found, manifest, sheet)


def _manifest(deal: Deal, found: list[Document], now: datetime) -> dict[str, Any]:
    taken: set[str] = set()
    return {
        "schema": bundle.SCHEMA,
        "version": bundle.VERSION,
        "node": settings.NODE,
        "made_at": signing.in_zone(now),
        "deal": {
            "uid": str(deal.uid),
            "number": deal.number,
            "title": deal.title,
            "kind": deal.kind,
            "signed_on": deal.signed_on.isoformat() if deal.signed_on else None,
            "fictional": deal.fictional,
        },
        "parties": [
            {"side": side, "role": party.role, "name": party.name, "individual": party.individual}
            for side, parties in queries.sides_of_deal(deal)
            for party in parties
        ],
        "files": [
            {
                **one.said,
                "role": one.role,
                "path": bundle.path_of(one.role, one.number, one.file.name, taken),
                "name": one.file.name,
                "size": one.file.size,
                "sha256": one.file.sha256,
                "sm3": one.file.sm3,
            }
            for one in found
        ],
    }


def _evidence(deal: Deal, manifest: dict[str, Any], now: datetime) -> dict[str, Any] | None:
    """The signed sheet that speaks of this manifest; None where the node has no key to use."""
    events = queries.told(deal)
    statement = {
        "manifest_sha256": hashlib.sha256(bundle.written(manifest)).hexdigest(),
        "acts": [_row(event) for event in events if getattr(event, "payload", None) is not None],
    }
    subject = {"type": "deal", "uid": str(deal.uid), "number": deal.number, "title": deal.title}
    try:
        return build.signed(build.Sheet(subject, statement, events), now=now)
    except signing.SigningError:
        log.exception("the bundle of %s is not signed", deal.number)
        return None


def _row(event: Event) -> dict[str, Any]:
    """What an event says that an outsider of the record needs to follow it."""
    body = event.payload.body
    kept = {
        name: body[name] for name in ("text", "role", "version", "sm3", "party", "scan", "signed_on") if name in body
    }
    return {"event": str(event.uid), "at": signing.in_zone(event.at), "type_name": event.type, **kept}


def _zipped(found: list[Document], manifest: dict[str, Any], sheet: dict[str, Any] | None) -> IO[bytes]:
    made: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - the answer closes it when it has been sent
    try:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(bundle.MANIFEST, bundle.written(manifest))
            if sheet is not None:
                archive.writestr(bundle.EVIDENCE, json.dumps(sheet, ensure_ascii=False, indent=1))
            for one, row in zip(found, manifest["files"], strict=True):
                with one.file.content.open("rb") as content, archive.open(row["path"], "w") as inside:
                    while part := content.read(bundle.PORTION):
                        inside.write(part)
    except FileNotFoundError:  # the database was restored without its files
        made.close()
        log.exception("a file of the bundle is not in the storage")
        raise TransitionRefusedError(_("有文件不在存储里，请联系平台运营方"), "lost") from None
    except BaseException:
        made.close()
        raise
    made.seek(0)
    return made
