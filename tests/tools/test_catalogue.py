from collections.abc import Callable
from pathlib import Path

import pytest

from tools import catalogue

PYTHON = (
    "from django.utils.translation import gettext as _, ngettext, pgettext\n"
    "a = _('提交%(what)s') % {'what': 1}\nb = ngettext('%(n)s 条', '%(n)s 条', 2)\n"
    "c = pgettext('button', '搜索')\nd = _('plain')\n"
)
PAGE = (
    "{% load i18n %}{% translate '首页' %}\n  {% blocktranslate with n=x %}第 {{ n }} 页{% endblocktranslate %}"
    "{% include 'a.html' with title=_('标题') only %}{# {% translate '不算' %} #}"
)
GIVEN: dict[str, str | list[str]] = {
    "提交%(what)s": "Submit %(what)s",
    "%(n)s 条": ["%(n)s item", "%(n)s items"],
    "button\x04搜索": "Search",
    "首页": "Home",
    "第 %(n)s 页": "Page %(n)s",
    "标题": "Title",
}


@pytest.fixture
def site(repository: Callable[..., Path]) -> Path:
    return repository(**{"src/mengkeju/a.py": PYTHON, "src/mengkeju/templates/b.html": PAGE})


def test_messages_of_python_and_templates_are_found(site: Path) -> None:
    assert catalogue.missing(site) == {
        key: ["", ""] if isinstance(text, list) else "" for key, text in sorted(GIVEN.items())
    }
    assert all("not in the catalogue" in line for line in catalogue.problems(site))


def test_a_complete_catalogue_passes_and_is_written_the_same_again(site: Path) -> None:
    catalogue.update(site, GIVEN, prune=False)
    assert catalogue.problems(site) == []
    first = (site / catalogue.PO).read_text(encoding="utf-8")
    catalogue.update(site, {}, prune=False)
    assert (site / catalogue.PO).read_text(encoding="utf-8") == first
    assert "POT-Creation-Date" not in first
    assert (site / catalogue.PO).with_suffix(".mo").stat().st_size > 0


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"首页": ""}, "not translated"),
        ({"提交%(what)s": "Submit"}, "placeholders"),
        ({"第 %(n)s 页": "Page %(m)s"}, "placeholders"),
        ({"标题": "题 Title"}, "Chinese left"),
    ],
)
def test_a_gap_is_named(site: Path, change: dict[str, str], complaint: str) -> None:
    catalogue.update(site, {**GIVEN, **change}, prune=False)
    assert [complaint in line for line in catalogue.problems(site)] == [True]


def test_the_singular_needs_no_number(site: Path) -> None:
    catalogue.update(site, {**GIVEN, "%(n)s 条": ["one item", "%(n)s items"]}, prune=False)
    assert catalogue.problems(site) == []


def test_a_message_no_longer_asked_for_is_named_until_it_is_pruned(site: Path) -> None:
    catalogue.update(site, GIVEN, prune=False)
    (site / "src/mengkeju/a.py").write_text("", encoding="utf-8")
    catalogue.update(site, {}, prune=False)
    assert len([line for line in catalogue.problems(site) if "any more" in line]) == 3
    catalogue.update(site, {}, prune=True)
    assert catalogue.problems(site) == []
