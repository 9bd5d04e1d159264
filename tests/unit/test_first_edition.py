"""Pages of before there were release files, taken as the first edition: what they show stays shown."""

import base64
import json
import zlib

import pandas as pd
import pytest
from tests.unit.test_releases import desk, folder_of  # noqa: F401  (a fixture)

from cfanalysis.cli import main
from cfanalysis.foundation.errors import ReleaseError, RunError
from cfanalysis.foundation.policy import policies
from cfanalysis.params import read_params
from cfanalysis.release.reading import read_release
from cfanalysis.releasing.first_edition import read_pages


def of(name, what, first, last=None, *, mean=False):
    """What a cell of a page is of."""
    return [name, what, pd.Period(first, "M").ordinal, pd.Period(last or first, "M").ordinal, mean]


def record(*cells):
    """The counts of one table of a page: what each is of, its value, whether it is hidden."""
    each = list(zip(*cells, strict=True))
    return {"counts": {"observed": {"of": each[0], "values": each[1], "hidden": each[2], "role": [""] * len(cells)}}}


def page(folder, *records, name="workforce.html", policy="dfe", **held):
    folder.mkdir(parents=True, exist_ok=True)
    held |= {"authority": "Saltmere", "policy": policies()[policy].model_dump(), **({"records": list(records)} if records else {})}
    packed = base64.b64encode(zlib.compress(json.dumps(held).encode())).decode()
    path = folder / name
    path.write_text(f'<html><script type="application/json" class="cf-released">"{packed}"</script></html>', encoding="utf-8")
    return path


def addresses(release):
    return {tuple(row[:4]): row[4] for row in release["figures"].itertuples(index=False, name=None)}


def test_what_pages_show_has_its_address(desk):  # noqa: F811
    path = page(
        folder_of(desk),
        record(
            (of("Referrals", "figure", "2024-02"), 41.0, False),
            (of("Referrals", "figure", "2024-03"), None, True),
            (of("Referrals (source: Police)", "figure", "2024-02"), 12.0, False),
            (of("Children in need at month end", "figure", "2024-02"), 812.0, False),
            (of("Re-referrals within 12 months", "numerator", "2024-02"), 9.0, False),
            (of("Referrals", "figure", "2024-01", "2024-03"), 120.0, False),
            (of("Referrals", "figure", "2023-04", "2024-03"), 480.0, False),
        ),
        record(
            (of("Referrals", "figure", "2023-03", "2024-02"), 470.0, False),
            (of("Referrals", "figure", "2023-10", "2023-12", mean=True), 40.0, False),
            (of("Something of an analyst's own", "figure", "2024-02"), 7.0, False),
            (None, 99.0, False),
        ),
    )
    (release,) = read_pages([path], read_params(desk))
    assert addresses(release) == {
        ("referrals", "all", "2024-02", "figure"): 41.0,
        ("referrals", "source: Police", "2024-02", "figure"): 12.0,
        ("cin_open", "all", "2024-02-29", "figure"): 812.0,
        ("rereferrals", "all", "2024-02", "numerator"): 9.0,
        ("referrals", "all", "2024-Q1", "figure"): 120.0,
        ("referrals", "all", "2023/24", "figure"): 480.0,
    }
    assert ("referrals", "source: Police", "month") in set(release["grains"].itertuples(index=False, name=None))


def test_the_command_names_the_pages_and_takes_them_when_told(desk, capsys):  # noqa: F811
    shown = page(folder_of(desk), record((of(name_of("agency_share"), "numerator", "2023-05"), 7.0, False)))
    out = ["--out", str(desk.parents[1] / "outputs")]
    assert main(["release", str(desk), *out]) == 2
    assert "1 pages from before there were release files, such as workforce.html" in capsys.readouterr().err
    assert main(["release", str(desk), *out, "--pages-are-first-edition"]) == 0
    names = [path.name for path in sorted(folder_of(desk).glob("*.zip"))]
    assert names == ["saltmere_2023-05_dfe_1.zip", "saltmere_2024-03_dfe_2.zip"]
    assert "made with 1 earlier in mind: saltmere_2023-05_dfe_1.zip" in capsys.readouterr().out
    assert addresses(read_release(folder_of(desk) / names[0])) == {("agency_share", "all", "2023-05-31", "numerator"): 7.0}
    assert main(["release", str(desk), *out]) == 0, "they are taken once"
    assert "nothing has changed" in capsys.readouterr().out
    assert shown.exists()


def name_of(indicator):
    from cfanalysis.indicators import catalogue

    return catalogue()[indicator].title


def test_pages_of_two_policies_are_two_files(desk):  # noqa: F811
    cell = record((of("Referrals", "figure", "2024-02"), 40.0, False))
    pages = [page(folder_of(desk), cell), page(folder_of(desk), cell, name="demand.html", policy="strict")]
    assert [each.about.policy.name for each in read_pages(pages, read_params(desk))] == ["dfe", "strict"]


def test_a_page_that_says_its_addresses_is_taken_by_them(desk):  # noqa: F811
    """As pages made from a release file do, where that file is gone."""
    told = [["referrals", "all", ["2024-02"], "figure", 41.0], ["referrals", "all", ["2024-01"], "figure", None]]
    told += [["referrals", "all", ["2024-01", "2024-02"], "figure", 90.0]]
    (release,) = read_pages([page(folder_of(desk), figures=told)], read_params(desk))
    assert addresses(release) == {("referrals", "all", "2024-02", "figure"): 41.0}


def test_a_page_that_says_nothing_stops(desk):  # noqa: F811
    folder = folder_of(desk)
    folder.mkdir(parents=True)
    (folder / "demand.html").write_text("<html></html>", encoding="utf-8")
    with pytest.raises(ReleaseError, match=r"demand\.html holds no released data"):
        read_pages([folder / "demand.html"], read_params(desk))
    with pytest.raises(RunError, match="show no figure that has an address"):
        read_pages([page(folder, record((of("Own", "figure", "2024-02"), 7.0, False)))], read_params(desk))
