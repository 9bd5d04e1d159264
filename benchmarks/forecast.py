"""How good the forecasts are, beside what people would pick instead: one command, one table.

    python benchmarks/forecast.py                                   # everything at hand; writes docs/tables/forecast.md
    python benchmarks/forecast.py --peer-python peers/bin/python    # also makes AutoETS forecasts of hospital and M3 (see
    forecast_peers.py) python benchmarks/forecast.py --limit 40                        # quickly; nothing is written

Public data is looked for in CFANALYSIS_SHARED (default ../shared beside the project). A part whose data or peers are missing says so and
is skipped.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")

import forecast_parts as parts  # noqa: E402  (after the thread limits)
from derive_panel_constants import ROOT, shared_folder  # noqa: E402

OUTPUT = ROOT / "docs" / "tables" / "forecast.md"


def peers_elsewhere(options: argparse.Namespace) -> Path | None:
    """AutoETS forecasts of hospital and M3: a file made before, or made now in the environment given."""
    if options.peers:
        return Path(options.peers)
    if not options.peer_python:
        return None
    output = Path(tempfile.mkdtemp()) / "peers.parquet"
    script = Path(__file__).with_name("forecast_peers.py")
    subprocess.run([options.peer_python, str(script), str(shared_folder() / "forecasting"), str(output)], check=True)
    return output


def sections(options: argparse.Namespace) -> list[tuple[str, Callable[[], str]]]:
    """Titles and the functions that make each part."""
    peers, limit = peers_elsewhere(options), options.limit
    return [
        ("Monthly referrals, all history", lambda: parts.referrals_part("all", limit)),
        ("Monthly referrals, 48 months of history", lambda: parts.referrals_part("48", limit)),
        ("The same with constants learnt from months before each origin only", lambda: parts.honest_part(limit)),
        ("England and its regions, forecast directly", parts.totals_part),
        ("January and February below October to December", lambda: parts.january_part(limit)),
        ("Hospital and M3, season learnt, no calendar", lambda: parts.elsewhere_part(peers, limit)),
        ("Long smooth stocks, season learnt", lambda: parts.stocks_part(peers, limit)),
        ("Speed and memory", parts.speed_part),
    ]


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    reader.add_argument("--limit", type=int, default=0, help="first so many series only; nothing is written")
    reader.add_argument("--peer-python", default="", help="a Python with statsforecast")
    reader.add_argument("--peers", default="", help="a file forecast_peers.py made before")
    options = reader.parse_args()
    written = []
    for title, make in sections(options):
        try:
            body = make()
        except FileNotFoundError as missing:
            body = f"Skipped: {Path(str(missing.filename)).name} is not at hand."
        print(f"\n## {title}\n\n{body}", flush=True)
        written.append(f"### {title}\n\n{body}\n")
    if not options.limit:
        OUTPUT.parent.mkdir(parents=True, exist_ok=True)
        head = "<!-- Made by benchmarks/forecast.py; do not edit. -->\n\n"
        OUTPUT.write_text(head + "\n".join(written), encoding="utf-8")
        print(f"\nwritten: {OUTPUT.relative_to(ROOT)}", file=sys.stderr)


if __name__ == "__main__":
    main()
