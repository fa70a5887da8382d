"""One act on a filled form: what is refused stands on the form."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.web.request import Request
from mengkeju.kernel.workflow import TransitionRefusedError


def done(request: Request, form: forms.Form, act: Callable[[], Any], said: str) -> bool:
    """Act on a valid form and say so; False when the form or the act refuses."""
    if not form.is_valid():
        return False
    try:
        act()
    except TransitionRefusedError as refused:
        form.add_error(None, refused.reason)
    except StaleRevisionError:
        form.add_error(None, _("您打开之后有了变动，请看过新内容再办"))
    except ValidationError as error:
        _put(form, error)
    else:
        messages.success(request, said)
        return True
    return False


def bare(request: Request, act: Callable[[], Any], said: str) -> None:
    """An act without a form of its own: done, or refused with the reason as a message."""
    form = forms.Form({})
    if not done(request, form, act, said):
        messages.error(request, " ".join(str(error) for error in form.non_field_errors()))


def _put(form: forms.Form, error: ValidationError) -> None:
    """Each message beside its field; on the form when it has no such field."""
    if not hasattr(error, "error_dict"):
        form.add_error(None, error)
        return
    for name, errors in error.error_dict.items():
        form.add_error(name if name in form.fields else None, errors)
