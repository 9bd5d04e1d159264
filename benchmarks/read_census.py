"""How long and how much memory a census of 50,000 children takes, beside pandas: ``python benchmarks/read_census.py [--children N]``.

The reader makes the events of the year and says what is wrong; ``pandas.read_xml`` (with the parser of the standard library) only
makes a frame of one kind of element, and has to be called once for each. Every run has a process of its own; time is processor time.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
from datetime import date, timedelta
from pathlib import Path

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<Message><Header><CollectionDetails><Collection>CIN</Collection><Year>2024</Year>'
    "<ReferenceDate>2024-03-31</ReferenceDate></CollectionDetails><Source><LEA>999</LEA></Source></Header>\n<Children>\n"
)
MEASURED = "\nimport resource, time\nprint(time.process_time() - start, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)"
OURS = "from cfanalysis.sources import read_cin_census\nimport sys, time\nstart = time.process_time()\nread_cin_census(sys.argv[1])"
PEER = (
    "import pandas, sys, time\nstart = time.process_time()\n"
    "for name in ('ChildIdentifiers', 'CINdetails', 'Assessments', 'Section47', 'ChildProtectionPlans', 'CINPlanDates'):\n"
    "    pandas.read_xml(sys.argv[1], xpath=f'.//{name}', parser='etree')"
)


def day(rng: random.Random, first: int, span: int) -> str:
    """A day so many days or fewer after 1 April of a year."""
    return (date(first, 4, 1) + timedelta(rng.randrange(span))).isoformat()


def leaf(name: str, value: object) -> str:
    """One field, on a line of its own."""
    return f"<{name}>{value}</{name}>\n"


def child(rng: random.Random, number: int) -> str:
    """A child with one episode or two, as a census has them on average."""
    who = leaf("LAchildID", f"C{number:06d}") + leaf("UPN", "A123456789123") + leaf("PersonBirthDate", day(rng, 2009, 5000))
    about = leaf("Ethnicity", "WBRI") + f"<Disabilities>\n{leaf('Disability', 'NONE')}</Disabilities>\n"
    text = f"<Child>\n<ChildIdentifiers>\n{who}{leaf('GenderCurrent', 1)}</ChildIdentifiers>\n"
    text += f"<ChildCharacteristics>\n{about}</ChildCharacteristics>\n"
    return text + "".join(episode(rng) for _ in range(rng.choice([1, 1, 1, 2]))) + "</Child>\n"


def episode(rng: random.Random) -> str:
    """One CINdetails with what goes with it."""
    text = leaf("CINreferralDate", day(rng, 2023, 200)) + leaf("ReferralSource", "1A") + leaf("PrimaryNeedCode", "N1")
    factors = "".join(leaf("AssessmentFactors", code) for code in ("2A", "3B", "16A"))
    dates = leaf("AssessmentActualStartDate", day(rng, 2023, 200)) + leaf("AssessmentAuthorisationDate", "2024-02-01")
    parts = [f"<Assessments>\n{dates}<FactorsIdentifiedAtAssessment>\n{factors}</FactorsIdentifiedAtAssessment>\n</Assessments>\n"]
    parts += [f"<CINPlanDates>\n{leaf('CINPlanStartDate', day(rng, 2023, 300))}</CINPlanDates>\n"] * (rng.random() < 0.4)
    enquiry = leaf("S47ActualStartDate", day(rng, 2023, 300)) + leaf("ICPCnotRequired", "false")
    parts += [f"<Section47>\n{enquiry}</Section47>\n"] * (rng.random() < 0.4)
    plan = leaf("CPPstartDate", day(rng, 2023, 100)) + leaf("InitialCategoryOfAbuse", "NEG") + leaf("LatestCategoryOfAbuse", "NEG")
    plan += leaf("NumberOfPreviousCPP", 0) + f"<Reviews>\n{leaf('CPPreviewDate', '2023-08-15')}</Reviews>\n"
    parts += [f"<ChildProtectionPlans>\n{plan}</ChildProtectionPlans>\n"] * (rng.random() < 0.2)
    return f"<CINdetails>\n{text}{''.join(parts)}{leaf('ReferralNFA', 0)}</CINdetails>\n"


def measure(code: str, path: Path) -> list[float]:
    """Seconds and megabytes of a run in a process of its own."""
    done = subprocess.run([sys.executable, "-c", code + MEASURED, str(path)], capture_output=True, text=True, check=True)
    return [float(word) for word in done.stdout.split()]


def main() -> None:
    """Write, read both ways, print one table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--children", type=int, default=50_000)
    children, rng = parser.parse_args().children, random.Random(0)  # noqa: S311  (a benchmark's data)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "census.xml")
        with path.open("w", encoding="utf-8") as file:
            file.write(HEAD)
            file.writelines(child(rng, number) for number in range(children))
            file.write("</Children>\n</Message>\n")
        size = path.stat().st_size / 1e6
        found = {"read_cin_census": measure(OURS, path), "pandas.read_xml, six kinds of element": measure(PEER, path)}
    print(f"{children:,} children, {size:.0f} MB")
    for name, (seconds, memory) in found.items():
        print(f"{name:40s} {seconds:6.1f} s {memory:8.0f} MB")


if __name__ == "__main__":
    main()
