"""How long and how much memory an SSD of 100,000 children takes, beside pandas: ``python benchmarks/read_ssd.py [--children N]``.

One synthetic authority, copied under other identifiers until there are as many children. The reader makes the events of six years
and says what is wrong; ``pandas`` only reads the same fields of the same files, with their dates. Every run has a process of its own;
time is processor time.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import pandas as pd

from cfanalysis.sample import simulate
from cfanalysis.sample.census import put_right
from cfanalysis.sample.ssd import ssd_tables

FOLDER = "ssd_2024-03-31"
MEASURED = "\nimport resource, time\nprint(time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
OURS = "from cfanalysis.sources import read_ssd\nimport sys, time\nstart = time.process_time()\nread_ssd(sys.argv[1])"
PEER = (
    "import pathlib, sys, time, pandas\nfrom cfanalysis.sources.ssd import table_specs\nstart = time.process_time()\n"
    "kept = []\n"
    "for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):\n"
    "    fields = table_specs()[path.stem].fields\n"
    "    read = pandas.read_parquet if path.suffix == '.parquet' else pandas.read_csv\n"
    "    there = [n for n in pandas.read_csv(path, nrows=0)] if path.suffix == '.csv' else None\n"
    "    if there is None:\n"
    "        import pyarrow.parquet as pq\n"
    "        there = pq.read_schema(path).names\n"
    "    fields = [n for n in fields if n in there]\n"
    "    if path.suffix == '.parquet':\n"
    "        kept.append(pandas.read_parquet(path, columns=fields))\n"
    "    else:\n"
    "        dates = [n for n in fields if n.endswith(('_date', '_dob', '_due'))]\n"
    "        kept.append(pandas.read_csv(path, usecols=fields, dtype={n: str for n in fields if n not in dates}, parse_dates=dates))"
)


def copied(frame: pd.DataFrame, number: int) -> pd.DataFrame:
    """A table with other identifiers of children and records; teams stay."""
    ids = [name for name in frame if name.endswith("_id") and "team" not in name and "professional" not in name and "worker" not in name]
    return frame.assign(**{name: f"{number}-" + frame[name].astype(str) for name in ids})


def tables(children: int) -> dict[str, pd.DataFrame]:
    """The tables of so many children."""
    world = put_right(simulate("moorshire"))
    one = ssd_tables(world, world.plan.as_at)
    many = -(-children // len(one["ssd_person"]))
    made = {}
    for name, frame in one.items():
        every = frame if name == "ssd_department" else pd.concat([copied(frame, number) for number in range(many)], ignore_index=True)
        made[name] = every
    kept = set(made["ssd_person"]["pers_person_id"].iloc[:children])
    for name, frame in made.items():
        person = [field for field in frame if field.endswith("_person_id")]
        made[name] = frame[frame[person[0]].isin(kept)] if person else frame
    return made


def measure(code: str, path: Path) -> list[float]:
    """Seconds and megabytes of a run in a process of its own."""
    done = subprocess.run([sys.executable, "-c", code + MEASURED, str(path)], capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


def main() -> None:
    """Write, read both ways, print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=100_000)
    children = parser.parse_args().children
    made = tables(children)
    rows = sum(len(frame) for frame in made.values())
    with tempfile.TemporaryDirectory() as folder:
        forms = {form: Path(folder, form, FOLDER) for form in ("csv", "parquet")}
        for path in forms.values():
            path.mkdir(parents=True)
        for name, frame in made.items():
            frame.to_csv(forms["csv"] / f"{name}.csv", index=False)
            frame.to_parquet(forms["parquet"] / f"{name}.parquet", index=False)
        size = sum(path.stat().st_size for path in forms["csv"].iterdir()) / 1e6
        print(f"{children:,} children, {rows:,} rows, {size:.0f} MB as CSV")
        for form, path in forms.items():
            for name, code in (("read_ssd", OURS), ("pandas, the cells alone", PEER)):
                seconds, memory = measure(code, path)
                print(f"{name + ', ' + form:40s} {seconds:6.1f} s {memory:8.0f} MB")


if __name__ == "__main__":
    main()
