"""How many technology-transfer bodies published texts speak of: kept as they are told, beside what is computed.

Whoever loads such texts registers what they say; two that differ stand beside each other, and none is corrected.
"""

from dataclasses import dataclass

from mengkeju.kernel.kinds import Registry


@dataclass(frozen=True)
class PublishedCount:
    """One published count of the register `kind` (a title): `level` empty where the text names none.

    `name` is how the text calls what it counts. `year`: of what year, as the text tells or the reader inferred
    (`year_inferred`), empty where nobody can tell.
    """

    kind: str
    level: str
    area: str
    count: int
    name: str
    year: str
    source: str
    year_inferred: bool = False


published: Registry[PublishedCount] = Registry("published counts of transfer bodies")
