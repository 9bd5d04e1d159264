"""A command that is stopped stops: at once, with everything that it has started, and without a traceback."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from tests.engine_runs import write_notebook
from tests.processes import descendants, is_gone, wait_for
from tests.release_made import make_release

from cfanalysis.release.writing import write_release

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are followed in /proc")

SLEEPS = "import os, time\nwith open(f'begun-{os.getpid()}', 'w') as file:\n    file.write('x')\ntime.sleep(60)"


@pytest.mark.parametrize("engine", ["inprocess", "kernel"])
@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_batch_that_is_stopped_leaves_nothing_running(root: Path, tmp_path: Path, engine: str, sign: signal.Signals) -> None:
    write_release(make_release(), tmp_path / "camden_2024-03_dfe_1.zip")
    (tmp_path / "notebooks").mkdir()
    shutil.copy(root / "notebooks" / "01_overview.ipynb", tmp_path / "notebooks")
    names = [f"{name}.ipynb" for name in ("one", "two", "three")]
    for name in names:
        write_notebook(tmp_path / "notebooks" / name, SLEEPS)
    asked = [part for name in names for part in ("--notebook", name)]
    command = [sys.executable, "-m", "cfanalysis.cli", "batch", "camden_2024-03_dfe_1.zip", "--workers", "2", "--engine", engine, *asked]
    batch = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True)
    wait_for(tmp_path, "begun-*", 2)
    running = descendants(batch.pid)
    assert len(running) >= 4, "two workers, and what runs their notebooks"
    stopped = time.monotonic()
    if sign == signal.SIGINT:  # Ctrl-C goes to everything that was started from the terminal
        os.killpg(batch.pid, sign)
    else:
        batch.send_signal(sign)
    out, err = batch.communicate(timeout=10)
    assert time.monotonic() - stopped < 5
    assert batch.returncode == 1
    assert "Traceback" not in out + err
    assert err.strip() == "cfanalysis: stopped; pages already finished are whole, nothing half-written is left"
    assert all(is_gone(each) for each in running)
    assert len(list(tmp_path.glob("begun-*"))) == 2, "queued work is not begun"
    assert not list((tmp_path / "outputs").iterdir()), "nothing half-written is left"
