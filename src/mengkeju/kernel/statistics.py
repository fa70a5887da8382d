"""What SQLite knows of how its rows are distributed.

Without it the planner guesses that an index on a state finds ten rows, and reads a hundred thousand listings by their
state where twenty uids were asked for. PostgreSQL keeps its own (autovacuum).
"""

from django.db import connection

# Rows looked at per index: the advice of sqlite.org/lang_analyze.html, “between 100 and 1000”; milliseconds.
ROWS = 400


def refresh() -> None:
    """Look at the tables anew; connections opened from now on plan by it. Does nothing on PostgreSQL."""
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA analysis_limit = {ROWS}")
        cursor.execute("ANALYZE")
