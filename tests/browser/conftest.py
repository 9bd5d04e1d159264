"""A Chromium with the network off. Where there is none the tests skip and say so; in CI (env CI) that is a failure."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "tests/browser" in item.path.as_posix():
            item.add_marker(pytest.mark.browser)


def chromium() -> str | None:
    named = os.environ.get("CFANALYSIS_CHROMIUM")
    return named or next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)


def missing(what: str) -> None:
    """Skip, or fail where nobody would see the skip."""
    if os.environ.get("CI"):
        pytest.fail(f"{what}; tests in a browser must run in CI", pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed")
    path = chromium()
    if not path:
        missing("no Chromium was found (CFANALYSIS_CHROMIUM says where it is)")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield opened
        opened.close()


class Opened:
    """A page in the browser, with everything it asked for and complained of."""

    def __init__(self, browser: Any, path: Path, *, scripts: bool = True, width: int = 1280, height: int = 900, scale: float = 1.0) -> None:
        self.requests: list[str] = []
        self.complaints: list[str] = []
        # axe is put in by the test, past the page's policy; the policy itself is watched with it on (test_it_asks_for_nothing)
        self.context = browser.new_context(
            offline=True, java_script_enabled=scripts, viewport={"width": width, "height": height}, device_scale_factor=scale
        )
        self.page = self.context.new_page()
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", lambda message: self.complaints.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.goto(path.resolve().as_uri())

    def live(self) -> None:
        """Wait until every chart of an interactive page has taken the place of its drawing."""
        self.page.wait_for_function("document.querySelectorAll('.cf-chart').length === document.querySelectorAll('.cf-on').length")

    def close(self) -> None:
        self.context.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Any]:
    opened: list[Opened] = []

    def opening(path: Path, **options: Any) -> Opened:
        opened.append(Opened(browser, path, **options))
        return opened[-1]

    yield opening
    for one in opened:
        one.close()
