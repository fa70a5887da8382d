"""How many requests a caller may make: fixed windows, told in the headers of draft-ietf-httpapi-ratelimit-headers-10.

One web process (SQLite) counts in memory; where many serve one PostgreSQL, a table counts, one row per caller.
"""

import ipaddress
import threading
from dataclasses import dataclass
from pathlib import Path

import yaml
from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import ngettext

from mengkeju.kernel import clock
from mengkeju.kernel.api.problem import ProblemError
from mengkeju.kernel.models import RateCounter

DATA = yaml.safe_load((Path(__file__).parent / "limits.yaml").read_text(encoding="utf-8"))
WINDOW: int = DATA["window_seconds"]
SALT = "mengkeju.api.limits"
MANY = 10_000


@dataclass(frozen=True)
class Spent:
    """Where a caller stands: his policy, its quota, what is left, seconds until the window ends."""

    policy: str
    quota: int
    left: int
    reset: int

    def headers(self) -> dict[str, str]:
        """RateLimit and RateLimit-Policy."""
        return {
            "RateLimit-Policy": f'"{self.policy}";q={self.quota};w={WINDOW}',
            "RateLimit": f'"{self.policy}";r={self.left};t={self.reset}',
        }


class Memory:
    """Counts in this process."""

    def __init__(self) -> None:
        """Nothing counted yet."""
        self._lock = threading.Lock()
        self._hits: dict[str, tuple[int, int]] = {}

    def hit(self, bucket: str, period: int) -> int:
        """One more request; returns how many there are in the period."""
        with self._lock:
            if len(self._hits) > MANY:
                self._hits = {key: found for key, found in self._hits.items() if found[0] >= period}
            last, hits = self._hits.get(bucket, (period, 0))
            hits = hits + 1 if last == period else 1
            self._hits[bucket] = (period, hits)
            return hits

    def clear(self) -> None:
        """Forget everything (tests)."""
        with self._lock:
            self._hits.clear()


memory = Memory()


def _hit_table(bucket: str, period: int) -> int:
    """As Memory.hit, in one statement. A server whose clock is behind never moves the window back."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO kernel_ratecounter AS c (bucket, period, hits) VALUES (%s, %s, 1) "
            "ON CONFLICT (bucket) DO UPDATE SET "
            "hits = CASE WHEN c.period >= EXCLUDED.period THEN c.hits + 1 ELSE 1 END, "
            "period = GREATEST(c.period, EXCLUDED.period) RETURNING hits",
            [bucket, period],
        )
        return int(cursor.fetchone()[0])


def hit(bucket: str, period: int) -> int:
    """Count one request where this installation counts."""
    return _hit_table(bucket, period) if connection.vendor == "postgresql" else memory.hit(bucket, period)


def caller(request: HttpRequest) -> str:
    """A visitor's bucket: a keyed digest of his address, for IPv6 of its /64, which one household has."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        parsed = None
    if isinstance(parsed, ipaddress.IPv6Address):
        address = str(ipaddress.ip_network((parsed, 64), strict=False))
    return "ip:" + salted_hmac(SALT, address).hexdigest()[:32]


def quota(policy: str) -> int:
    """Requests per window: the environment's figure, else the file's."""
    return int(settings.API_LIMITS.get(policy) or DATA["requests"][policy])


def spend(bucket: str, policy: str) -> Spent:
    """Count one request of a caller. ProblemError rate_limited, with Retry-After, when there were too many."""
    seconds = int(clock.now().timestamp())
    allowed, hits = quota(policy), hit(bucket, seconds // WINDOW)
    spent = Spent(policy, allowed, max(allowed - hits, 0), WINDOW - seconds % WINDOW)
    if hits <= allowed:
        return spent
    detail = ngettext("请 %(seconds)d 秒后再试", "请 %(seconds)d 秒后再试", spent.reset) % {"seconds": spent.reset}
    raise ProblemError("rate_limited", detail, headers={"Retry-After": str(spent.reset), **spent.headers()})


def forget_old() -> int:
    """Drop the rows of callers who have not come for a day; returns how many."""
    oldest = int(clock.now().timestamp()) // WINDOW - 86_400 // WINDOW
    return RateCounter.objects.filter(period__lt=oldest).delete()[0]
