"""All documents of a site: those that were shipped, and over them those of its own folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path

from mengkeju.policy.engine import build, cases
from mengkeju.policy.engine.document import Amount, Document, Figure
from mengkeju.policy.engine.reading import PolicyError, read

CASES = ".cases.yaml"


class UnknownFigureError(LookupError):
    """Nobody has a document or figure of that key; the text names what there is."""


class PolicyFilesError(ValueError):
    """Policy files are wrong: one line for each, in Chinese, for the operator."""

    def __init__(self, errors: list[PolicyError]) -> None:
        """All of them at once, so that they are mended at once."""
        self.errors = errors
        super().__init__("\n".join(["政策文件有错，没有启动：", *(f"- {error}" for error in errors)]))


@dataclass(frozen=True)
class Shelf:
    """Editions of documents: of one key first the shipped, then the site's."""

    editions: tuple[Document, ...]

    @cached_property
    def _figures(self) -> dict[str, list[tuple[Document, Figure]]]:
        found: dict[str, list[tuple[Document, Figure]]] = {}
        for document in self.editions:
            for figure in document.figures:
                found.setdefault(f"{document.key}.{figure.key}", []).append((document, figure))
        return found

    @cached_property
    def documents(self) -> dict[str, Document]:
        """By key: the site's edition where it has one, which may hold only some of the figures."""
        return {document.key: document for document in self.editions}

    def document(self, key: str) -> Document:
        """The edition that speaks for a key. UnknownFigureError when there is none."""
        try:
            return self.documents[key]
        except KeyError:
            raise UnknownFigureError(f"没有政策文件“{key}”；有：{'、'.join(self.documents) or '一份也没有'}") from None

    def amount(self, key: str, day: date) -> Amount:
        """The figure DOCUMENT.FIGURE on a day. UnknownFigureError when no edition has that key.

        The entry that began last answers; of two that began on one day, the site's. Once it has ended nothing is in
        force, even where an earlier one was left open: a later version ends the one before.
        """
        entries = self._figures.get(key)
        if entries is None:
            document = self.document(key.partition(".")[0])
            known = dict.fromkeys(
                name.partition(".")[2] for name in self._figures if name.startswith(f"{document.key}.")
            )
            raise UnknownFigureError(f"没有政策数据“{key}”；这份文件有：{'、'.join(known)}")
        begun = [entry for entry in entries if entry[1].begins <= day]
        document, figure = max(begun or entries[:1], key=lambda entry: (entry[1].begins, entry[0].own))
        return Amount(key, day, figure, document, in_force=bool(begun) and day <= figure.ends)

    def amounts(self, key: str, day: date) -> list[Amount]:
        """Every figure of a document on a day, in the order of the files."""
        self.document(key)
        return [self.amount(name, day) for name in self._figures if name.partition(".")[0] == key]


def load(shipped: Path, own: Path | None = None) -> Shelf:
    """All documents of both folders, their cases worked out. PolicyFilesError with everything that is wrong.

    The cases of a shipped document are about that document alone, whatever the site puts over it; those of the site
    are about what the site then answers.
    """
    errors: list[PolicyError] = []
    base = Shelf(tuple(_documents(shipped, errors, own=False)))
    whole = Shelf(base.editions + (tuple(_documents(own, errors, own=True)) if own else ()))
    for document in base.documents.values():
        errors += _cases(shipped, document, base)
    for document in whole.editions[len(base.editions) :]:
        errors += _together(document, base, own) if own else []
        errors += _cases(own, document, whole) if own else []
    if errors:
        raise PolicyFilesError(errors)
    return whole


def _documents(folder: Path, errors: list[PolicyError], *, own: bool) -> Iterator[Document]:
    """The documents of a folder by name; what is wrong goes to `errors`."""
    if not folder.is_dir():
        errors.append(PolicyError(str(folder), "", "没有这个文件夹"))
        return
    names = sorted(path.name for path in folder.iterdir() if path.suffix in {".yaml", ".yml"})
    for name in names:
        if name.endswith(".yml"):
            errors.append(PolicyError(name, "", "后缀要写成 .yaml"))
        elif name.endswith(CASES):
            if name.removesuffix(CASES) + ".yaml" not in names:
                errors.append(PolicyError(name, "", "旁边没有它的政策文件"))
        else:
            try:
                yield build.document(read(folder / name), name, own=own)
            except PolicyError as error:
                errors.append(error)


def _cases(folder: Path, document: Document, shelf: Shelf) -> list[PolicyError]:
    path = folder / (document.key + CASES)
    if not path.is_file():
        return [PolicyError(path.name, "", "没有这个文件：每份政策文件旁边要有算例")]
    try:
        cases.check(read(path), path.name, document.key, shelf.amount)
    except PolicyError as error:
        return [error]
    return []


def _together(document: Document, base: Shelf, own: Path) -> list[PolicyError]:
    """The site's entries keep shape and unit of the shipped ones: the program relies on both."""
    shipped = base.documents.get(document.key)
    try:
        if shipped:
            build.consistent((*shipped.figures, *document.figures), str(own / f"{document.key}.yaml"))
    except PolicyError as error:
        return [error]
    return []
