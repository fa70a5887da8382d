"""Demo passwords: they work only while the site runs as a demo.

The hasher is known to Django only when MENGKEJU_DEMO=1 (see settings), so that a stored demo password
matches nothing once the same database is served as a real site.
"""

from django.contrib.auth.hashers import PBKDF2PasswordHasher

PASSWORD = "mengkeju-demo-2026"  # noqa: S105 - printed by `mengkeju demo run`; no secret by design


class DemoPasswordHasher(PBKDF2PasswordHasher):
    """PBKDF2 under a name of its own."""

    algorithm = "demo_pbkdf2_sha256"
    iterations = 10_000
