"""The node's public keys at their well-known address."""

from django.http import JsonResponse
from django.views.decorators.http import require_safe

from mengkeju.kernel import signing
from mengkeju.kernel.web.request import PUBLIC, Request, permission


@require_safe
@permission(PUBLIC)
def keys(request: Request) -> JsonResponse:
    """Every key this node has signed evidence with, and until when."""
    return JsonResponse(signing.published(), json_dumps_params={"ensure_ascii": False})
