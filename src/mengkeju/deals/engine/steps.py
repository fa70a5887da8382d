"""The steps a kind of deal may have. A step it has not is skipped: no page part, no duty, no sum."""

from enum import StrEnum


class Step(StrEnum):
    """One step on the way from the first talk to the yearly benefit."""

    TALKS = "talks"
    PRICE = "price"
    TEXT = "text"
    REGISTRATION = "registration"
    PERFORMANCE = "performance"
    ACCEPTANCE = "acceptance"
    LANDING = "landing"
    BENEFIT = "benefit"
    TERM = "term"
    FUNDING = "funding"
    PACKAGES = "packages"
    YEARLY = "yearly"


class Ask(StrEnum):
    """What a kind wants settled before it is signed, beside its steps."""

    IP_SHARES = "ip_shares"
    """The parties' shares of the rights sum to 100 %, or all stay open with the reason in `ip_terms`."""
