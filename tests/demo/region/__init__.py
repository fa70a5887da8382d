"""Tests that look at the whole demo region; it is loaded once per test process for all of them."""

from datetime import datetime

from mengkeju.kernel import clock

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=clock.ZONE)
"""When the region is loaded."""
