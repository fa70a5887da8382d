"""Several acts at the same moment, each in a thread with a database connection of its own."""

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connections

T = TypeVar("T")
PATIENCE = 60.0


def race(*acts: Callable[[], T]) -> list[T | BaseException]:
    """Run the acts at once and return, in their order, what each gave back or raised.

    Needs a test with `transactional_db`: a thread sees only what is committed. Raises TimeoutError when an
    act has not ended after a minute (a deadlock).
    """
    outcomes: dict[int, T | BaseException] = {}
    together = threading.Barrier(len(acts))

    def run(index: int, act: Callable[[], T]) -> None:
        try:
            together.wait(PATIENCE)
            outcomes[index] = act()
        except BaseException as error:  # noqa: BLE001  # the test decides what each outcome means
            outcomes[index] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair, daemon=True) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    if any(thread.is_alive() for thread in threads):
        msg = f"a raced act did not end within {PATIENCE:.0f} s"
        raise TimeoutError(msg)
    return [outcomes[index] for index in range(len(acts))]
