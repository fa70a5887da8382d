"""The reader's language: a cookie for the browser, a column of the login for mails and the next browser."""

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from mengkeju.kernel.models import Account


def remember(account_id: int, language: str) -> None:
    """Keep what a signed-in person chose; notices and mails come in it."""
    Account.objects.filter(pk=account_id).exclude(language=language).update(language=language)


def carry_over(request: HttpRequest, answer: HttpResponseBase, account: Account) -> None:
    """At sign-in: what this browser chose goes to the login; where it chose nothing, what the login had chosen."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    if chosen in dict(settings.LANGUAGES):
        remember(account.pk, chosen)
    elif account.language:
        answer.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            account.language,
            max_age=settings.LANGUAGE_COOKIE_AGE,
            secure=settings.LANGUAGE_COOKIE_SECURE,
            httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
            samesite="Lax",
        )
