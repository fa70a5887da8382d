"""How far the record may be read on PostgreSQL, and its transaction numbers across clusters.

Events are read in the order of their transactions, below the oldest one still running. A cluster counts its
transactions by itself: after a dump is restored into another one, the ids begin low again, below what the
events and cursors hold. So a number of the record is the cluster's own transaction id plus a lead, kept in
the one row of `RecordEpoch` together with the cluster it holds for. Whoever is about to write the first
event in another cluster sets the lead to the highest number so far. Before that no event of this cluster
is there, so a reader who finds no lead that fits takes every event he sees, up to that number, and writes
nothing. Nobody has to be told of the restore. SQLite has one writer and needs none of this: there `number`
is 0 and `safe_below` None.

A cluster is known by its system identifier. Two clusters copied from one image share it; such a one is
noticed where the record holds a number that it has not given out yet.
"""

import logging
from contextlib import closing

from django.db import connection

log = logging.getLogger(__name__)

# What is committed and visible was given out before the snapshot's end; only our own id may lie beyond it.
NEXT = """greatest(pg_snapshot_xmax(pg_current_snapshot())::text::bigint,
                pg_current_xact_id_if_assigned()::text::bigint + 1)"""
# One statement has one snapshot: cluster, numbers and lead always belong together.
HERE = f"""
WITH here AS (
    SELECT (SELECT system_identifier FROM pg_control_system()) AS cluster,
           (SELECT coalesce(max(xact), 0) FROM kernel_event) AS last,
           pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest,
           {NEXT} AS next
), fitting AS (
    SELECT epoch.lead FROM here JOIN kernel_recordepoch epoch
        ON epoch.id = 1 AND epoch.cluster = here.cluster AND here.last < epoch.lead + here.next
)
"""  # noqa: S608  # parts of this file, no values
BELOW = HERE + "SELECT coalesce((SELECT lead FROM fitting) + oldest, last + 1) FROM here"  # noqa: S608  # as above
NUMBER = HERE + "SELECT lead + pg_current_xact_id()::text::bigint FROM fitting"  # noqa: S608  # as above
# Of two at once the second waits for the first, and then finds nothing to change.
ADOPT = f"""{HERE}
INSERT INTO kernel_recordepoch AS epoch (id, cluster, lead) SELECT 1, cluster, last FROM here WHERE true
ON CONFLICT (id) DO UPDATE SET cluster = excluded.cluster, lead = excluded.lead
WHERE epoch.cluster <> excluded.cluster OR epoch.lead + {NEXT} <= excluded.lead
RETURNING lead
"""  # noqa: S608  # as above


def _one(statement: str) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        row = cursor.fetchone()
    return int(row[0]) if row is not None else None


def safe_below() -> int | None:
    """Events with a smaller `xact` are settled: none will be added among them. None: all that are visible."""
    return _one(BELOW) if connection.vendor == "postgresql" else None


def number() -> int:
    """The number of the running transaction in the reading order, for the event it is about to write."""
    if connection.vendor != "postgresql":
        return 0
    found = _one(NUMBER)
    if found is None:
        _adopt_cluster()
        found = _one(NUMBER)
    if found is None:
        msg = "the lead just noted is not seen: events need the isolation level READ COMMITTED"
        raise RuntimeError(msg)
    return found


def _adopt_cluster() -> None:
    """Note the lead for this cluster, committed at once: the act that needs it may be a long one, or fail."""
    with closing(connection.copy()) as apart, apart.cursor() as cursor:
        cursor.execute(ADOPT)
        row = cursor.fetchone()
    if row is not None and row[0]:  # 0 where there was no event yet
        log.warning("the record goes on in another database cluster: its numbers are led on from the old one's")
