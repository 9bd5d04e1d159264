"""The release file: the same bytes for the same release, looked at by a person, refused where it is not as it was written."""

import contextlib
import io
import json
import stat
import zipfile

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.release_made import hashed_anew, make_release, pack, unpack

from cfanalysis.foundation.contracts import ADDRESS, COLUMNS, KEYS, Release
from cfanalysis.foundation.errors import ReleaseError, RunError
from cfanalysis.release import reading
from cfanalysis.release.layout import OWN, PACKAGE, PARTS, README
from cfanalysis.release.reading import read_packed, read_release
from cfanalysis.release.writing import pack_release, put_in_order, write_release


def figures(*rows):
    return pd.DataFrame(rows, columns=[*ADDRESS, "value", "flag"])


def same(one, other):
    assert one.about == other.about
    for name in COLUMNS:
        pd.testing.assert_frame_equal(put_in_order(one[name], name), put_in_order(other[name], name))


def test_what_is_written_is_read_back(tmp_path):
    release = make_release()
    path = write_release(release, tmp_path / "camden" / "camden_2024-03_dfe_1.zip")
    same(read_release(path), release)
    assert read_release(path)["registers"]["entry"].tolist() == release["registers"]["entry"].tolist()


def test_the_same_release_is_the_same_bytes_whatever_the_order_of_its_rows():
    one = make_release()
    turned = {name: frame.iloc[::-1][list(reversed(frame.columns))] for name, frame in one.tables.items()}
    assert pack_release(one) == pack_release(Release(one.about, turned))


def test_a_file_is_never_overwritten(tmp_path):
    path = write_release(make_release(), tmp_path / "a.zip")
    before = path.read_bytes()
    assert write_release(make_release(), path) == path, "the same file again is no other file"
    with pytest.raises(RunError, match=r"a\.zip is there already"):
        write_release(make_release(2), path)
    assert path.read_bytes() == before
    assert [each.name for each in tmp_path.iterdir()] == ["a.zip"]


def test_a_person_can_open_it_and_look():
    parts = unpack(pack_release(make_release()))
    assert parts["figures.csv"].decode().splitlines()[:3] == [
        "indicator,breakdown,period,part,value,flag",
        "referrals,all,2024-02,figure,,c",
        "referrals,all,2024-03,figure,41,",
    ]
    said = parts[README].decode()
    assert "Camden: children's services figures to March 2024" in said
    assert "has the flag c" in said
    row = next(line.split() for line in said.splitlines() if line.startswith("figures.csv"))
    assert row[1:3] == ["4", "1"], "rows, and how many of them are hidden"


def test_no_text_is_a_formula_to_a_spreadsheet():
    written = unpack(pack_release(make_release()))["registers.csv"].decode()
    assert "\"'=HYPERLINK" in written


def test_it_is_a_frictionless_data_package_that_holds_the_whole_policy():
    package = json.loads(unpack(pack_release(make_release()))[PACKAGE])
    assert package["profile"] == "tabular-data-package"
    fields = {resource["name"]: resource["schema"] for resource in package["resources"]}
    assert list(fields) == list(COLUMNS)
    assert fields["figures"]["primaryKey"] == list(KEYS["figures"])
    assert fields["figures"]["missingValues"] == [""]
    assert package[OWN]["about"]["policy"]["hide_below"] == 6


@pytest.mark.parametrize(
    ("table", "rows", "told"),
    [
        ("figures", [("r", "all", "2024-13", "figure", 9.0, "")], "2024-13.*a month, a quarter"),
        ("figures", [("r", "all", "2024-03", "figures", 9.0, "")], "column part.*figure, numerator"),
        ("figures", [("r", "all", "2024-03", "figure", 3.0, "c")], "a value with a flag"),
        ("figures", [("r", "all", "2024-03", "figure", np.nan, "")], "a blank without a flag"),
        ("figures", [("r", "all", "2024-03", "figure", -1.0, "")], "below 0"),
        ("figures", [("r", "all", "2024-03", "figure", np.inf, "")], "finite"),
        ("figures", [("r", "all", "2024-03", "figure", 9.0, ""), ("r", "all", "2024-03", "figure", 8.0, "")], "row 3.*a second time"),
        ("figures", [("r\0", "all", "2024-03", "figure", 9.0, "")], "no text"),
    ],
)
def test_a_release_that_breaks_its_rules_is_not_written(tmp_path, table, rows, told):
    with pytest.raises(ReleaseError, match=told):
        write_release(make_release(**{table: figures(*rows)}), tmp_path / "x.zip")
    assert not list(tmp_path.iterdir())


def test_columns_too_many_are_not_written(tmp_path):
    with pytest.raises(ReleaseError, match="child_id"):
        write_release(make_release(figures=make_release()["figures"].assign(child_id="7")), tmp_path / "x.zip")


def test_text_that_is_no_unicode_is_not_written():
    entry = pd.Series(["half \ud800"], dtype=object)
    with pytest.raises(ReleaseError, match="column entry: found text that is no Unicode"):
        pack_release(make_release(registers=pd.DataFrame({"register": ["events"], "place": [0], "entry": entry})))


def edited(change, *, clever=True, **tables):
    parts = unpack(pack_release(make_release(**tables)))
    parts = change(dict(parts))
    return pack(hashed_anew(parts) if clever else parts)


def swap(part, old, new):
    def change(parts):
        assert old in parts[part]
        return {**parts, part: parts[part].replace(old, new)}

    return change


def refused(data, told):
    with pytest.raises(ReleaseError, match=told) as caught:
        read_packed(data, file="camden.zip")
    assert str(caught.value).startswith("camden.zip")
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize("part", ["figures.csv", "registers.csv", README])
def test_an_edited_part_is_named(part):
    refused(edited(lambda parts: {**parts, part: parts[part] + b"\n"}, clever=False), rf"{part} is not as it was written.*ask whoever")


def test_an_edited_policy_is_refused():
    refused(edited(swap(PACKAGE, b'"hide_below": 6', b'"hide_below": 2'), clever=False), "datapackage.json is not as it was written")
    refused(edited(swap(PACKAGE, b'"hide_below": 6', b'"hide_below": "six"'), clever=False), r"about\.?policy.hide_below|policy.hide_below")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (swap("figures.csv", b"figure,41,", b"figure,41x,"), "figures.csv: the table cannot be read"),
        (swap("figures.csv", b"figure,41,", b"figure,nan,"), "column value: found something that is no number"),
        (swap("figures.csv", b"figure,41,", b"figure,-41,"), "row 3.*below 0"),
        (swap("figures.csv", b"figure,,c", b"figure,3,c"), "row 2, column value: found a value with a flag"),
        (swap("figures.csv", b"figure,41,", b"figure,41,,9"), "cannot be read"),
        (swap("figures.csv", b"value,flag", b"flag,value"), "found other columns"),
        (swap("figures.csv", b"referrals,all,2024-02,figure,,c", b"referrals,all,2024-03,figure,,c"), "a second time"),
        (swap("figures.csv", b"referrals", b"referr\xff\xfes"), "cannot be read"),
        (swap(PACKAGE, b'"type": "number"', b'"type": "string"'), "datapackage.json is not as it was written"),
        (swap(PACKAGE, b'"slug": "camden"', b'"slug": "../x"'), "about.slug|key slug"),
        (swap(PACKAGE, b'"format": 1,', b'"format": 1, "format": 1,'), "twice"),
        (swap(PACKAGE, b'"format": 1,', b'"format": 2,'), "newer cfanalysis.*update it"),
        (swap(PACKAGE, b'"format": 1,', b'"format": 0,'), "found form 0"),
        (swap(PACKAGE, b'"cfanalysis": {', b'"other": {'), "something else"),
    ],
)
def test_who_edits_on_purpose_still_meets_the_rules(change, told):
    if change.__closure__ and PACKAGE in [cell.cell_contents for cell in change.__closure__ if isinstance(cell.cell_contents, str)]:
        return refused(edited(change, clever=False), told)
    return refused(edited(change), told)


@pytest.mark.parametrize("keep", [0, 3, 100, 0.5, 0.9, -1])
def test_a_file_that_was_cut_is_refused(keep):
    data = pack_release(make_release())
    refused(data[: int(keep * len(data)) if isinstance(keep, float) else keep], "zip|cut|damaged")


def test_a_byte_that_flipped_is_refused():
    data = pack_release(make_release())
    step = max(len(data) // 60, 1)
    for place in range(0, len(data), step):
        spoilt = bytearray(data)
        spoilt[place] ^= 0x41
        with contextlib.suppress(ReleaseError):  # else it was a byte that says nothing, such as a time
            same(read_packed(bytes(spoilt), file="x.zip"), make_release())


@pytest.mark.parametrize("name", ["../up.csv", "/etc/x", "C:\\x", "a/b.csv", "..", "figures.csv\n", "folder/"])
def test_names_that_lead_elsewhere_are_refused(name):
    refused(pack({**unpack(pack_release(make_release())), name: b"x"}), "want plain names; do not unzip")


def test_members_too_many_too_few_and_twice_are_refused():
    parts = unpack(pack_release(make_release()))
    refused(pack({**parts, "notes.txt": b"x"}), "no release file has: notes.txt")
    refused(pack({name: data for name, data in parts.items() if name != "yearly.csv"}), "missing: yearly.csv")
    refused(pack({name: data for name, data in parts.items() if name != PACKAGE}), "found no datapackage.json")
    out = io.BytesIO(pack(parts))
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(out, "a") as packed:
        packed.writestr("figures.csv", "x")
    refused(out.getvalue(), "figures.csv is there twice")


def test_a_newer_file_says_so_whatever_else_is_in_it():
    parts = edited(swap(PACKAGE, b'"format": 1,', b'"format": 7,'), clever=False)
    refused(pack({**unpack(parts), "new_table.csv": b"x"}), "newer cfanalysis")


def test_a_link_is_refused():
    out = io.BytesIO()
    parts = unpack(pack_release(make_release()))
    with zipfile.ZipFile(out, "w") as packed:
        for name, data in parts.items():
            member = zipfile.ZipInfo(name)
            member.external_attr = ((stat.S_IFLNK if name == "figures.csv" else stat.S_IFREG) | 0o644) << 16
            packed.writestr(member, data)
    refused(out.getvalue(), "figures.csv: found a link")


def test_a_part_that_swells_is_refused_before_it_is_unzipped(monkeypatch):
    monkeypatch.setattr(reading, "LARGEST_PART", 100_000)
    refused(pack({**unpack(pack_release(make_release())), "figures.csv": b"0" * 100_001}), "figures.csv: 100,001 bytes when unzipped")


def test_a_part_that_lies_about_its_size_is_refused():
    data = bytearray(pack_release(make_release(figures=figures(*[("r", f"team: {n}", "2024-03", "figure", 9.0, "") for n in range(999)]))))
    central = data.rfind(b"PK\x01\x02", 0, data.rfind(b"figures.csv"))
    data[central + 24 : central + 28] = (50).to_bytes(4, "little")
    refused(bytes(data), "figures.csv|damaged")


@pytest.mark.parametrize("data", [b"", b"not a zip", b"PK\x03\x04", b"PK\x05\x06" + b"\0" * 18])
def test_what_is_no_zip_is_refused(data):
    refused(data, "no zip|damaged|datapackage")


def test_a_zip_of_something_else_is_refused():
    refused(pack({"data.csv": b"a,b\n"}), "no release file of cfanalysis")
    refused(pack({PACKAGE: b'{"name": "x", "resources": []}'}), "something else")
    refused(pack({PACKAGE: b"[" * 100_000}), "no JSON")


def test_a_file_that_is_not_there_is_said(tmp_path):
    with pytest.raises(ReleaseError, match="no such file"):
        read_release(tmp_path / "x.zip")


def test_every_part_is_there_and_nothing_tells_the_hour():
    with zipfile.ZipFile(io.BytesIO(pack_release(make_release()))) as packed:
        assert packed.namelist() == list(PARTS)
        assert {member.date_time for member in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


words = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=12)
numbers = st.one_of(st.floats(0, allow_infinity=False, allow_nan=False), st.integers(0, 10**9).map(float), st.just(np.nan))
rows = st.lists(st.tuples(words, words, st.sampled_from(["2024-03", "2024-Q1", "2023/24"]), numbers), max_size=8, unique_by=lambda r: r[:3])


@settings(max_examples=60)
@given(rows=rows)
def test_any_texts_and_numbers_come_back(rows):
    given_rows = [(one, other, period, "figure", value, "c" if value != value else "") for one, other, period, value in rows]
    release = make_release(figures=figures(*given_rows), registers=pd.DataFrame(
        {"register": ["events"] * len(rows), "place": range(len(rows)), "entry": [row[0] for row in rows]}
    ))  # fmt: skip
    data = pack_release(release)
    again = read_packed(data, file="x.zip")
    same(again, release)
    assert pack_release(again) == data
