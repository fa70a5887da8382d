"""“导出 Excel / CSV” on a list page: the same address with `export=xlsx` or `export=csv` answers with the file.

A view asks `wanted` after its own permission check and its own filter, and hands `answer` the query its page is made
of. So the file is refused where the page is refused, and holds the rows of all its pages.
"""

from django.http import FileResponse, HttpResponse
from django.http.response import HttpResponseBase

from mengkeju.kernel import clock, exports
from mengkeju.kernel.web.request import Request

KEY = "export"


def wanted(request: Request) -> bool:
    """Whether the address asks for a file."""
    return request.GET.get(KEY) in exports.TYPES


def answer(request: Request, sheet: exports.Sheet, objects: exports.Objects, filters: str = "") -> HttpResponseBase:
    """The list as an attachment. `filters`: the page's filter in words. HEAD makes no file and no event."""
    form = request.GET[KEY]
    if request.method == "HEAD":
        return HttpResponse(content_type=exports.TYPES[form])
    made = exports.make(sheet, form, objects, by=request.actor, now=clock.now(), filters=filters)
    sent = FileResponse(made.content, as_attachment=True, filename=made.name, content_type=made.content_type)
    sent["Cache-Control"] = "private, no-store"
    sent["X-Content-Type-Options"] = "nosniff"
    return sent
