"""How long a large Annex A workbook takes to read, beside pandas with openpyxl: ``python benchmarks/read_workbook.py [--rows 200000]``.

The reader finds header, dates, codes and problems and makes events; the peer only makes a frame of cells. Processor time: other
work on the machine matters less.
"""

from __future__ import annotations

import argparse
import datetime as dt
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd

from cfanalysis.sources import read_annex_a

HEADER = ["Child Unique ID", "Gender", "Ethnicity", "Date of Birth", "Age of Child (Years)", "Date of referral", "Referral Source"]
HEADER += ["Referral NFA?", "Number of Referrals in Last 12 Months", "Allocated Team", "Allocated Worker"]


def write(path: Path, rows: int) -> None:
    """A list 3 over eight years, half its dates as text and half as Excel dates."""
    rng = np.random.default_rng(0)
    day, born = rng.integers(0, 3000, rows), rng.integers(0, 6000, rows)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("List 3")
    sheet.append(HEADER)
    for i in range(rows):
        date = dt.date(2016, 1, 1) + dt.timedelta(int(day[i]))
        birth = (dt.date(2000, 1, 1) + dt.timedelta(int(born[i]))).strftime("%d/%m/%Y")
        told = date if i % 2 else date.strftime("%d/%m/%Y")
        sheet.append([f"C{i % 100000:06d}", "F", "WBRI", birth, 5, told, "q) 6: Police", "b) No", 1, f"Team {i % 20}", f"W{i % 300}"])
    book.save(path)


def seconds(work: Callable[[], object]) -> float:
    """Processor time of one run."""
    start = time.process_time()
    work()
    return time.process_time() - start


def main() -> None:
    """Write, read both ways, print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    rows = parser.parse_args().rows
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "annex_a_2024-03-31.xlsx")
        write(path, rows)
        read_annex_a(path)  # imports are not the reader's time
        ours, peer = seconds(lambda: read_annex_a(path)), seconds(lambda: pd.read_excel(path, engine="openpyxl"))
    print(f"{rows:,} rows, seconds of processor time")
    print(pd.DataFrame({"seconds": [ours, peer]}, index=["read_annex_a", "pandas and openpyxl, cells only"]).round(1).to_string())


if __name__ == "__main__":
    main()
