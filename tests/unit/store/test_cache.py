"""The cache: by content, private, bounded; a damaged entry is named, set aside and made anew."""

from __future__ import annotations

import logging
import os
import stat
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from cfanalysis.store import cache as caching
from cfanalysis.store.cache import Cache, Entry, decoded, encoded, key

only_unix = pytest.mark.skipif(sys.platform == "win32", reason="modes of files are Unix's")
FRAME = pd.DataFrame(
    {
        "month": pd.period_range("2024-01", periods=3, freq="M"),
        "day": pd.to_datetime(["2024-01-31", None, "2024-03-31"]).astype("datetime64[s]"),
        "text": pd.Series(["", "Police", "é"], dtype=str),
        "thing": pd.Series(["a", "b", "c"], dtype=object),
        "value": [1.0, np.nan, 3.0],
        "number": [1, 2, 3],
    }
)
KEY = key("thing", 1)


def entry() -> Entry:
    return Entry({"rows": FRAME, "none": FRAME.iloc[:0]}, {"problems": [{"row": None, "count": np.int64(3)}], "title": "é"})


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """The file of one entry in a new store."""
    Cache(tmp_path / "store").remember(KEY, entry)
    (path,) = (tmp_path / "store" / caching.FOLDER).iterdir()
    return path


def _not_called() -> Entry:
    raise AssertionError("the entry was made again")


def test_frames_and_facts_come_back_as_they_were(tmp_path) -> None:
    cache = Cache(tmp_path)
    for read in (cache.remember(KEY, entry), cache.remember(KEY, _not_called)):
        pd.testing.assert_frame_equal(read.frames["rows"], FRAME)
        pd.testing.assert_frame_equal(read.frames["none"], FRAME.iloc[:0])
        assert read.facts == {"problems": [{"row": None, "count": 3}], "title": "é"}


def test_another_key_is_another_entry(tmp_path) -> None:
    cache = Cache(tmp_path)
    cache.remember(KEY, entry)
    other = cache.remember(key("thing", 2), lambda: Entry(facts={"title": "other"}))
    assert other.facts == {"title": "other"}


def test_another_version_of_this_program_has_other_keys(monkeypatch) -> None:
    monkeypatch.setattr(caching, "program", lambda: "another")
    assert key("thing", 1) != KEY


def test_an_entry_is_the_same_bytes_every_time() -> None:
    assert encoded(entry(), KEY) == encoded(entry(), KEY)


def test_what_raises_is_not_kept(tmp_path) -> None:
    cache = Cache(tmp_path)

    def fails() -> Entry:
        raise ValueError("no such thing")

    with pytest.raises(ValueError, match="no such thing"):
        cache.remember(KEY, fails)
    assert cache.remember(KEY, entry).facts["title"] == "é"


@only_unix
def test_entries_are_readable_by_their_owner_only(kept) -> None:
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.parent.stat().st_mode) == 0o700
    assert stat.S_IMODE(kept.parent.parent.stat().st_mode) == 0o700
    assert (kept.parent.parent / ".gitignore").read_text(encoding="utf-8") == "*\n"
    assert [path.name for path in kept.parent.iterdir()] == [kept.name], "nothing half-written is left"


@only_unix
def test_a_folder_that_others_could_read_is_closed(tmp_path) -> None:
    (tmp_path / "store" / caching.FOLDER).mkdir(parents=True)
    (tmp_path / "store").chmod(0o755)
    Cache(tmp_path / "store").remember(KEY, entry)
    assert stat.S_IMODE((tmp_path / "store").stat().st_mode) == 0o700


def _cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-200])


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _garbage(path: Path) -> None:
    path.write_bytes(os.urandom(2000))


def _one_byte(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(bytes(content))


def _another_entry(path: Path) -> None:
    path.write_bytes(encoded(Entry(facts={"title": "stolen"}), key("thing", 2)))


def _without_its_facts(path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(path, "w") as bundle:
        bundle.writestr("something.txt", "x")


def _readable_by_all(path: Path) -> None:
    path.chmod(0o644)


HARMS = [_cut, _empty, _garbage, _one_byte, _another_entry, _without_its_facts, pytest.param(_readable_by_all, marks=only_unix)]


@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_entry_is_named_set_aside_and_made_anew(kept, harm: Callable[[Path], None], caplog) -> None:
    harm(kept)
    kept.chmod(0o644 if harm is _readable_by_all else 0o600)
    with caplog.at_level(logging.WARNING, logger="cfanalysis"):
        again = Cache(kept.parent.parent).remember(KEY, entry)
    pd.testing.assert_frame_equal(again.frames["rows"], FRAME)
    assert kept.name in caplog.text
    assert "made anew" in caplog.text
    assert {path.name for path in kept.parent.iterdir()} == {kept.name, f"{kept.name}.damaged-1"}
    caplog.clear()
    Cache(kept.parent.parent).remember(KEY, _not_called)
    assert not caplog.text


def test_where_the_store_cannot_be_written_everything_works(tmp_path, monkeypatch) -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError("read-only")

    monkeypatch.setattr(caching, "make_private_folder", refused)
    read = Cache(tmp_path / "store").remember(KEY, entry)
    pd.testing.assert_frame_equal(read.frames["rows"], FRAME)
    assert not (tmp_path / "store").exists()


def test_a_file_where_the_store_should_be_costs_nothing(tmp_path) -> None:
    (tmp_path / "store").write_text("a file", encoding="utf-8")
    assert Cache(tmp_path / "store").remember(KEY, entry).facts["title"] == "é"


@only_unix
def test_on_a_disk_that_keeps_nothing_private_nothing_is_kept(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(caching, "is_private", lambda path: False)
    Cache(tmp_path / "store").remember(KEY, entry)
    assert list((tmp_path / "store").rglob("*.zip*")) == []


def test_the_oldest_entries_are_dropped_and_those_just_used_are_not(tmp_path, monkeypatch) -> None:
    cache = Cache(tmp_path)
    keys = [key("thing", number) for number in range(4)]
    for number, name in enumerate(keys[:3]):
        cache.remember(name, entry)
        os.utime(cache.folder / f"{name}.zip", (number, number))
    cache.remember(keys[0], _not_called)  # used now
    size = (cache.folder / f"{keys[0]}.zip").stat().st_size
    monkeypatch.setattr(caching, "MOST_BYTES", int(3.5 * size))
    cache.remember(keys[3], entry)
    assert {path.stem for path in cache.folder.iterdir()} == {keys[0], keys[3]}


def test_an_entry_is_no_pickle(kept) -> None:
    assert b"pickle" not in kept.read_bytes()
    assert decoded(kept.read_bytes(), kept.stem).facts["title"] == "é"
