"""ETag, If-Match, If-None-Match.

The ETag is `"<revision>-<digest of the body>"`. A write names the version it was made from by If-Match; only the
revision in it counts, for two readers may see different bodies of one revision. A stale one is answered with 409,
as everywhere in the platform: RFC 9110 §13.1.1 allows 412 (“MAY”) and does not ask for it.
"""

import hashlib
import re

from django.http import HttpRequest, HttpResponse
from django.utils.http import parse_etags
from django.utils.translation import gettext as _

from mengkeju.kernel.api.gate import MATCH
from mengkeju.kernel.api.problem import ProblemError

TAG = re.compile(r'^(?:W/)?"(\d{1,9})(?:-[0-9a-f]{1,64})?"$')


def note(request: HttpRequest, revision: int) -> None:
    """Say which revision the answer shows; the answer then carries its ETag."""
    request.api_revision = revision  # type: ignore[attr-defined]  # read when the answer is made


def expected(request: HttpRequest) -> int:
    """The revision the writer has read. ProblemError revision_required for `*` or what is no ETag of ours.

    A proxy that compresses makes an ETag weak; it still names the revision, so that W/ is accepted.
    """
    found = TAG.match(request.headers.get(MATCH, "").strip())
    if found is None:
        raise ProblemError("revision_required", _('If-Match 应是读到的 ETag，例如 "3-9f86d081884c7d65"'))
    return int(found[1])


def tag(request: HttpRequest, made: HttpResponse) -> HttpResponse:
    """Put the ETag on an answer that shows a revision; a reader who has it gets 304."""
    revision = getattr(request, "api_revision", None)
    if revision is None or made.status_code not in {200, 201}:
        return made
    etag = f'"{revision}-{hashlib.sha256(made.content).hexdigest()[:16]}"'
    made["ETag"] = etag
    known = [known.removeprefix("W/") for known in parse_etags(request.headers.get("If-None-Match", ""))]
    if request.method == "GET" and (etag in known or known == ["*"]):
        unchanged = HttpResponse(status=304)
        unchanged["ETag"] = etag
        del unchanged["Content-Type"]
        return unchanged
    return made
