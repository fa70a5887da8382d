"""What a person is told when a value cannot be read."""

SHOWN = 20  # characters of a wrong value repeated in its message


class ValueRefusedError(ValueError):
    """The text is not what the column wants; the message says what to write. `suggestion` a value that would do."""

    def __init__(self, message: str, suggestion: str = "") -> None:
        """Message for the person, and what was probably meant."""
        super().__init__(message)
        self.suggestion = suggestion


def short(text: str) -> str:
    """The text as a message repeats it."""
    return text if len(text) <= SHOWN else text[:SHOWN] + "…"
