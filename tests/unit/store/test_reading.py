"""What was read is read once: the second opening of unchanged files reads none of them and gives the same."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd
import pytest

from cfanalysis import events, indicators, sample, sources
from cfanalysis.foundation.errors import SourceError
from cfanalysis.indicators import settling
from cfanalysis.params import read_params
from cfanalysis.prepare.inputs import Inputs, read_inputs
from cfanalysis.store import cache as caching

SHARE = 0.0625


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Three months of a small authority."""
    return sample.write_editions(tmp_path_factory.mktemp("written"), "moorshire", months=3, share=SHARE)


@pytest.fixture
def desk(written: list[Path], tmp_path: Path) -> list[Path]:
    """A copy of them that a test may change, with no private store yet."""
    shutil.copytree(written[0].parent.parent, tmp_path / "desk")
    return [tmp_path / "desk" / "params" / path.name for path in written]


def _everything(inputs: Inputs) -> dict[str, object]:
    """All that a run has read, and how its months settle."""
    known = [name for name in sorted(inputs.from_events) if indicators.catalogue()[name].kind in ("count", "stock")]
    return {
        "series": inputs.series,
        "events": inputs.log.events,
        "coverage": inputs.log.coverage,
        "changes": inputs.log.changes,
        "rules": inputs.rules(),
        "problems": inputs.problems,
        "files": inputs.files,
        "from": (inputs.from_events, inputs.from_published),
        "windows": [extract.windows for extract in inputs.extracts],
        "rows": [dict(extract.rows) for extract in inputs.extracts],
        **{f"extract {n}": extract.events for n, extract in enumerate(inputs.extracts)},
        **{f"settling {name}": inputs.settling_of(name).ratios for name in known},
    }


def _same(one: dict[str, object], other: dict[str, object]) -> None:
    assert list(one) == list(other)
    for name, value in one.items():
        if isinstance(value, pd.DataFrame):
            pd.testing.assert_frame_equal(value, other[name], obj=name)
        else:
            assert value == other[name], name


def _forbid_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def read(*_: object, **__: object) -> None:
        raise AssertionError("something was read or worked out again")

    for room, names in (
        (sources, ("read_annex_a", "read_monthly", "read_published")),
        (events, ("merge_extracts",)),
        (indicators, ("compute",)),
        (settling, ("successive",)),
    ):
        for name in names:
            monkeypatch.setattr(room, name, read)


def _without_cache(monkeypatch: pytest.MonkeyPatch, params: Path) -> dict[str, object]:
    with monkeypatch.context() as patched:
        patched.setattr(caching.Cache, "remember", lambda self, key, make: make())
        return _everything(read_inputs(read_params(params)))


def test_a_second_opening_reads_nothing_and_gives_the_same(desk, monkeypatch) -> None:
    plain = _without_cache(monkeypatch, desk[-1])
    first = _everything(read_inputs(read_params(desk[-1])))
    with monkeypatch.context() as patched:
        _forbid_reading(patched)
        second = _everything(read_inputs(read_params(desk[-1])))
    _same(plain, first)
    _same(first, second)


def test_the_next_month_reads_what_is_new_and_nothing_else(desk, monkeypatch) -> None:
    before = read_inputs(read_params(desk[-2]))
    _everything(before)
    read, worked = [], []
    plain_read, plain_merge = sources.read_annex_a, events.merge_extracts
    monkeypatch.setattr(sources, "read_annex_a", lambda path, **how: read.append(path.name) or plain_read(path, **how))
    monkeypatch.setattr(events, "merge_extracts", lambda extracts: worked.append(len(extracts)) or plain_merge(extracts))
    now = read_inputs(read_params(desk[-1]))
    _everything(now)
    assert read == ["moorshire_synthetic_annex_a_2024-03"]
    assert set(worked) <= {2, 3}, "the months before were worked out again"


@pytest.mark.parametrize("pattern", ["annex_a/*2024-01/list_3_*.csv", "monthly/*2024-03.csv"])
def test_a_changed_byte_in_any_source_is_read_anew(desk, pattern, monkeypatch) -> None:
    before = read_inputs(read_params(desk[-1]))
    (file,) = (desk[0].parent.parent / "moorshire").glob(pattern)
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    file.write_text("".join(lines[:1] + lines[2:]), encoding="utf-8")
    after = read_inputs(read_params(desk[-1]))
    plain = _without_cache(monkeypatch, desk[-1])
    _same(plain, _everything(after))
    assert not before.series.equals(after.series)
    file.write_text(text, encoding="utf-8")
    with monkeypatch.context() as patched:
        _forbid_reading(patched)
        pd.testing.assert_frame_equal(read_inputs(read_params(desk[-1])).series, before.series)


def test_other_parameters_are_worked_out_anew(desk) -> None:
    params = read_params(desk[-1])
    whole = read_inputs(params)
    people = read_inputs(params.model_copy(update={"population": dict.fromkeys(range(2014, 2025), 1000)}))
    earlier = read_inputs(params.model_copy(update={"as_at": params.as_at - 2}))
    rates = whole.series["indicator"].isin([name for name, each in indicators.catalogue().items() if each.kind == "rate"])
    assert rates.any()
    assert not whole.series[rates].equals(people.series[rates])
    assert earlier.series["month"].max() == params.as_at - 2


def test_a_missing_source_is_said_as_before(desk) -> None:
    (file,) = (desk[0].parent.parent / "moorshire").glob("monthly/*2024-03.csv")
    read_inputs(read_params(desk[-1]))
    file.unlink()
    with pytest.raises(SourceError, match=r"2024-03\.csv"):
        read_inputs(read_params(desk[-1]))


def test_tables_that_several_authorities_read_are_kept_once(tmp_path, monkeypatch) -> None:
    tables = tmp_path / "published_synthetic"
    sample.write(tmp_path, authorities=[])
    stems = ("moorshire", "marchfordshire")
    runs = [sample.write_editions(tmp_path, stem, months=1, share=SHARE, published=tables)[0] for stem in stems]
    shared = [read_params(path).model_copy(update={"editions": "../private/shared"}) for path in runs]
    for run, path in zip(shared, runs, strict=True):
        run._folder, run._file = path.parent, path.name
    first = [read_inputs(run) for run in shared]
    assert len(list((tmp_path / "private" / "shared" / caching.FOLDER).glob("published-*"))) == 1
    _forbid_reading(monkeypatch)
    for run, before in zip(shared, first, strict=True):
        now = read_inputs(run)
        pd.testing.assert_frame_equal(now.yearly, before.yearly)
        pd.testing.assert_frame_equal(now.published.population, before.published.population)
        assert now.published.tables == before.published.tables
        assert now.problems == before.problems
