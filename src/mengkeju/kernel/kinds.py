"""A typed registry: one small file = one more of it; a duplicate key fails at start."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Generic, TypeVar

T = TypeVar("T")


class DuplicateKeyError(RuntimeError):
    """Two entries claim one key."""


class Registry(Generic[T]):
    """Entries by key, in the order they were registered."""

    def __init__(self, name: str) -> None:
        """`name` stands in error messages."""
        self.name = name
        self._entries: dict[str, T] = {}

    def register(self, key: str, entry: T) -> T:
        """Add an entry. Raises DuplicateKeyError when the key is taken by another entry."""
        if key in self._entries and self._entries[key] != entry:
            msg = f"{self.name}: {key!r} is registered twice"
            raise DuplicateKeyError(msg)
        self._entries[key] = entry
        return entry

    def __getitem__(self, key: str) -> T:
        """The entry; KeyError names the registry and what it holds."""
        try:
            return self._entries[key]
        except KeyError:
            msg = f"{self.name}: {key!r} is unknown; known: {', '.join(self._entries) or 'nothing'}"
            raise KeyError(msg) from None

    def get(self, key: str) -> T | None:
        """The entry, or None."""
        return self._entries.get(key)

    def __contains__(self, key: object) -> bool:
        """Whether the key is registered."""
        return key in self._entries

    def __iter__(self) -> Iterator[str]:
        """Keys in order of registration."""
        return iter(self._entries)

    def __len__(self) -> int:
        """How many entries there are."""
        return len(self._entries)

    def items(self) -> list[tuple[str, T]]:
        """Pairs in order of registration."""
        return list(self._entries.items())

    def values(self) -> list[T]:
        """Entries in order of registration."""
        return list(self._entries.values())


def load_folder(package: ModuleType) -> None:
    """Import every module of an extension folder, in name order."""
    for info in sorted(pkgutil.iter_modules(package.__path__), key=lambda found: found.name):
        importlib.import_module(f"{package.__name__}.{info.name}")
