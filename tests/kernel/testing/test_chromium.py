import shutil
from pathlib import Path

import pytest
from playwright.sync_api import Page

from mengkeju.kernel.testing import chromium

PAGE = "<!doctype html><html lang='zh'><title>页</title><main><h1>需求</h1>{body}</main></html>"


@pytest.mark.browser
def test_an_unlabelled_field_is_found(page: Page) -> None:
    page.set_content(PAGE.format(body="<input type='text'>"))
    with pytest.raises(AssertionError, match=r"label \(critical\)"):
        chromium.assert_accessible(page)


@pytest.mark.browser
def test_a_labelled_field_is_fine(page: Page) -> None:
    page.set_content(PAGE.format(body="<label>名称 <input type='text'></label>"))
    chromium.assert_accessible(page)


def test_the_first_installed_name_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}" if "browser" in name else None)
    assert chromium.find_chromium() == Path("/usr/bin/chromium-browser")
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    assert chromium.find_chromium() is None
