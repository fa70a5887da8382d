"""One act behind a button or a form: done and said so, or refused with the reason where the reader looks."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from mengkeju.kernel.actions import StaleRevisionError
from mengkeju.kernel.forms.errors import add_errors
from mengkeju.kernel.workflow import TransitionRefusedError

Act = Callable[[], Any]


def found(obj: Any | None) -> Any:
    """The object, or 404 as for one that does not exist."""
    if obj is None:
        raise Http404
    return obj


def changed() -> str:
    """What is said to who acts on a page that is older than its object."""
    return _("您打开页面之后，内容有了变动，这次没有办。请看过新内容再办。")


def attempt(request: HttpRequest, act: Act, said: str, *, refusals: tuple[type[Exception], ...] = ()) -> bool:
    """Do it and say so on the next page, or why not; whether it was done. `refusals`: more that carry a reason."""
    try:
        act()
    except ValidationError as error:
        messages.error(request, _("；").join(error.messages))
    except TransitionRefusedError as refused:
        messages.error(request, refused.reason)
    except refusals as refused:
        messages.error(request, str(refused))
    except StaleRevisionError:
        messages.error(request, changed())
    else:
        messages.success(request, said)
        return True
    return False


def done(request: HttpRequest, form: forms.Form, act: Act, said: str) -> bool:
    """Act on a valid form and say so; False when the form or the act refuses: what is wrong stands in the form."""
    if not form.is_valid():
        return False
    try:
        act()
    except TransitionRefusedError as refused:
        form.add_error(None, refused.reason)
    except StaleRevisionError:
        form.add_error(None, changed())
    except ValidationError as error:
        add_errors(form, error)
    else:
        messages.success(request, said)
        return True
    return False
