"""JupyterLab, offline, shows the same figures when a notebook is run by hand."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

SOURCE = """
import pandas as pd
import cfanalysis as cf
from cfanalysis import figures
from cfanalysis.foundation.table import Table

months = pd.period_range("2022-04", periods=24, freq="M")
frame = pd.DataFrame({"month": months, "observed": [40.0 + 3 * (place % 5) for place in range(24)]})
frame.loc[7, "observed"] = 3.0
released = cf.release(Table(frame, "Referrals", counts=("observed",), unit="referrals"), "dfe")
"""
PATIENCE = 240
"""Seconds: a cold JupyterLab and kernel on a busy machine."""


@pytest.fixture
def lab(tmp_path):
    cells = [new_markdown_cell("# By hand"), new_code_cell(SOURCE.strip()), new_code_cell("figures.outlook(released)"),
             new_code_cell("figures.show(released)")]  # fmt: skip
    nbformat.write(
        new_notebook(cells=cells, metadata={"kernelspec": {"name": "python3", "display_name": "Python 3"}}), tmp_path / "by_hand.ipynb"
    )
    home = tmp_path / "home"
    home.mkdir()
    settings = {"JUPYTER_CONFIG_DIR": str(home), "JUPYTER_DATA_DIR": str(home), "JUPYTER_RUNTIME_DIR": str(home), "HOME": str(home)}
    words = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--ip=127.0.0.1", "--port=0", "--allow-root", f"--notebook-dir={tmp_path}",
        "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--ServerApp.token=test",
    ]  # fmt: skip
    log = (tmp_path / "lab.log").open("w")
    server = subprocess.Popen(words, env={**os.environ, **settings}, stdout=log, stderr=subprocess.STDOUT, start_new_session=True)
    try:
        yield address(home, server, tmp_path / "lab.log")
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(timeout=30)
        log.close()


def address(home: Path, server: subprocess.Popen[bytes], log: Path) -> str:
    """Where the server listens, as soon as it answers."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end and server.poll() is None:
        for found in home.glob("jpserver-*.json"):
            port = json.loads(found.read_text())["port"]
            try:
                urllib.request.urlopen(f"http://127.0.0.1:{port}/api?token=test", timeout=5)
            except OSError:
                continue
            return f"http://127.0.0.1:{port}"
        time.sleep(0.5)
    pytest.fail(f"JupyterLab did not start: {log.read_text()[-400:]}")


def test_the_same_figures_by_hand(lab: str, browser: Any):
    context = browser.new_context(viewport={"width": 1280, "height": 1600})
    outside: list[str] = []

    def only_here(route: Any) -> None:
        if route.request.url.startswith((lab, "data:", "blob:")):
            route.continue_()
        else:
            outside.append(route.request.url)
            route.abort()

    context.route("**/*", only_here)
    page = context.new_page()
    page.set_default_timeout(PATIENCE * 1000)
    page.goto(f"{lab}/lab/tree/by_hand.ipynb?token=test")
    page.get_by_text("By hand").last.wait_for()
    page.locator(".jp-Notebook").first.click()
    page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for()  # cells run before the kernel is there are lost
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_text(re.compile("^Run All Cells$")).click()
    drawing = page.locator(".jp-OutputArea-output svg[role=img]")
    drawing.first.wait_for()
    assert drawing.count() == 1
    assert drawing.first.bounding_box()["width"] > 400
    assert drawing.first.get_attribute("aria-label").startswith("Line chart. Referrals from April 2022 to March 2024")
    page.locator(".cf-table td", has_text="[c]").first.wait_for()
    assert page.locator("summary", has_text="Show the data").count() == 1
    assert page.locator(".jp-RenderedText[data-mime-type='application/vnd.jupyter.stderr']").count() == 0
    assert outside == []
    context.close()
