"""Tell matching of the intentions that already run on a pair; new ones are told by the actions."""

from typing import Any, ClassVar

from django.db import migrations

OPEN_STATES = ("declared", "accepted", "talking", "ready")


def mark_pairs(apps: Any, _editor: Any) -> None:
    """One row per need and achievement with an open intention, from whichever side it was declared."""
    running = apps.get_model("matching", "Running")
    rows = apps.get_model("deals", "Intention").objects.filter(
        state__in=OPEN_STATES, archived_at=None, counter__isnull=False
    )
    for row in rows.select_related("target", "counter", "broker").order_by("pk").iterator():
        need, offer = (row.target, row.counter) if row.target.kind == "need" else (row.counter, row.target)
        introduced_by = row.broker.uid if row.broker else None
        made, new = running.objects.get_or_create(
            need=need, achievement=offer, defaults={"since": row.created_at, "introduced_by": introduced_by}
        )
        if not new and made.introduced_by is None and introduced_by is not None:
            made.introduced_by = introduced_by
            made.save(update_fields=["introduced_by"])


class Migration(migrations.Migration):
    """Data only."""

    dependencies: ClassVar = [
        ("deals", "0003_initial"),
        ("matching", "0002_running"),
    ]
    operations: ClassVar = [migrations.RunPython(mark_pairs, migrations.RunPython.noop)]
