"""The four levels of relation, from 1 (none) to 4 (strong), and when one counts as reached."""

from collections.abc import Sequence

LEVELS = (1, 2, 3, 4)
CUTS = len(LEVELS) - 1
EVEN = 0.5  # probability from which a level counts as reached: the median


def deciding(log_odds: Sequence[float]) -> int:
    """The level whose log-odds decide, from those of level ≥ 2, 3, 4 of one pair.

    The level of a pair is the highest that is reached with probability at least one half; that level's log-odds decide.
    Where none is reached, those of level 2: they say that the pair stays at 1.
    """
    return max(2, 1 + sum(1 for each in log_odds if each >= 0))
