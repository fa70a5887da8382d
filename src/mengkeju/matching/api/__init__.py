"""Matches through the API. `routes` is mounted by config.api."""

from mengkeju.matching.api import questions
from mengkeju.matching.api.matches import routes

__all__ = ["questions", "routes"]
