"""The four levels of relation, from 1 (none) to 4 (strong), and when one counts as reached."""

LEVELS = (1, 2, 3, 4)
CUTS = len(LEVELS) - 1
EVEN = 0.5  # probability from which a level counts as reached: the median
