"""One authority's release file: written once, with those before it in mind, proved, and never over another."""

import gzip
import json
import os
import stat
import subprocess
import sys
import time

import pytest
from tests.release_made import make_release

from cfanalysis.cli import main
from cfanalysis.disclosure.audit.blame import TooNarrowError
from cfanalysis.foundation.contracts import ADDRESS
from cfanalysis.foundation.errors import ParameterError, ReleaseError, RunError, SourceError
from cfanalysis.params import OwnPolicy, read_params
from cfanalysis.release.readme import count_hidden
from cfanalysis.release.writing import pack_release, write_release
from cfanalysis.releasing import desk as releases
from cfanalysis.releasing import making as releasing
from cfanalysis.releasing.desk import release_authority
from cfanalysis.store import digests
from cfanalysis.store.released import LIST, read_listed

only_unix = pytest.mark.skipif(sys.platform == "win32", reason="modes of files are Unix's")
SLUG = "saltmere"


@pytest.fixture
def desk(tmp_path):
    """A small authority with monthly figures only, some of them small; its parameters file."""
    write_monthly(tmp_path, 24)
    return write_params(tmp_path)


def write_params(folder, name="Saltmere", as_at="2024-03", monthly="monthly.csv"):
    path = folder / "params" / f"{name.lower()}.yml"
    path.parent.mkdir(exist_ok=True)
    path.write_text(
        f"authority: {{name: {name}}}\nas_at: {as_at}\nsources: [{{format: monthly, path: ../{monthly}}}]\npolicy: dfe\n",
        encoding="utf-8",
    )
    return path


def write_monthly(folder, months, agency=lambda place: 3 + place % 9):
    rows = ["month,indicator,breakdown,numerator,denominator,value,flag"]
    for place in range(months):
        month = f"{2022 + (3 + place) // 12}-{(3 + place) % 12 + 1:02d}"
        workers = agency(place)
        rows += [f"{month},agency_share,all,{workers},60,{100 * workers / 60:.1f},", f"{month},audits_completed,all,,,{12 + place % 5},"]
    (folder / "monthly.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")


def released(desk, out=None, **changes):
    params = read_params(desk).model_copy(update=changes)
    return release_authority(params, out=out or desk.parents[1] / "outputs")


def folder_of(desk):
    return desk.parents[1] / "outputs" / "released" / SLUG


def private(desk):
    return desk.parent / "private" / "editions"


def zips(desk):
    return sorted(path.name for path in desk.parents[1].rglob("*.zip") if "_cache" not in path.parts)


def test_a_release_file_is_written_listed_and_proved(desk):
    made = released(desk)
    assert made.path == folder_of(desk) / "saltmere_2024-03_dfe_1.zip"
    assert made.new
    assert 0 < made.hidden < len(made.release["figures"])
    assert [each.name for each in read_listed(private(desk), SLUG)] == [made.path.name]
    assert list((private(desk) / SLUG).glob("2024-03__*.csv.gz")), "the edition is kept, for how months settle"
    assert f"{made.hidden:,} of them hidden" in releases.describe_made(made)


@only_unix
def test_what_is_private_is_its_owners_only(desk):
    released(desk)
    for path in private(desk).rglob("*"):
        if path.name != ".gitignore":
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_nothing_changed_is_read_or_written_again(desk, monkeypatch):
    made = released(desk)
    before = made.path.read_bytes()

    def read(*_):
        raise AssertionError("something was read again")

    monkeypatch.setattr(releases, "read_inputs", read)
    again = released(desk)
    assert (again.path, again.new) == (made.path, False)
    assert zips(desk) == [made.path.name]
    assert made.path.read_bytes() == before
    assert "nothing has changed since saltmere_2024-03_dfe_1.zip" in releases.describe_made(again)


def test_other_files_that_come_to_the_same_are_no_new_edition(desk, monkeypatch):
    made = released(desk)
    monthly = desk.parents[1] / "monthly.csv"
    monthly.write_text(monthly.read_text(encoding="utf-8") + "\n\n", encoding="utf-8")
    again = released(desk)
    assert (again.path, again.new, zips(desk)) == (made.path, False, [made.path.name])
    monkeypatch.setattr(releases, "read_inputs", None)  # and what they are is known from now on
    assert released(desk).path == made.path


@pytest.mark.parametrize("change", ["figures", "register", "horizon"])
def test_what_has_changed_is_a_new_file_beside_the_old(desk, change):
    first = released(desk)
    before = first.path.read_bytes()
    if change == "figures":
        write_monthly(desk.parents[1], 24, lambda place: 4 + place % 8)
    elif change == "register":
        text = '- {indicator: agency_share, dated: 2024-02-01, issue: "Pay", response: "Raised", update: "Done"}\n'
        (desk.parent / "said.yml").write_text(text, encoding="utf-8")
        desk.write_text(desk.read_text(encoding="utf-8") + "registers: {commentary: said.yml}\n", encoding="utf-8")
    else:
        desk.write_text(desk.read_text(encoding="utf-8") + "horizon: 6\n", encoding="utf-8")
    second = released(desk)
    assert (second.path.name, second.new, second.beside) == ("saltmere_2024-03_dfe_2.zip", True, (first.path,))
    assert first.path.read_bytes() == before
    assert released(desk).path == second.path


def test_earlier_files_of_every_policy_are_had_in_mind(desk):
    first = released(desk)
    second = released(desk, policy="strict")
    assert second.beside == (first.path,)
    assert released(desk).path == first.path, "the same again is the file that was released, whatever came between"


def test_a_policy_whose_name_begins_alike_is_another(desk):
    first = released(desk)
    rules = {"name": "dfe_own", "title": "Under 8 hidden", "meaning": "Counts of 1 to 7 are hidden.", "hide_below": 8}
    own = released(desk, policy=OwnPolicy(**rules))
    assert own.path.name == "saltmere_2024-03_dfe_own_2.zip"
    assert released(desk).path == first.path


def test_an_edition_is_decided_with_all_earlier_files_oldest_first(desk, monkeypatch):
    given, plain = [], releases.release_with_digests
    monkeypatch.setattr(
        releases,
        "release_with_digests",
        lambda inputs, earlier, **how: given.append([str(each.about.edition) for each in earlier]) or plain(inputs, earlier, **how),
    )
    released(desk)
    released(desk, policy="strict")
    released(desk, as_at=read_params(desk).as_at - 1)
    assert given == [[], ["1"], ["1", "2"]]


def test_a_file_that_is_missing_stops_and_can_be_gone_without(desk, capsys):
    first = released(desk)
    first.path.rename(desk.parents[1] / "sent.zip")
    out = str(desk.parents[1] / "outputs")
    assert main(["release", str(desk), "--out", out]) == 2
    said = capsys.readouterr()
    assert "saltmere_2024-03_dfe_1.zip was released and is not in saltmere/" in said.err
    assert "cfanalysis adopt" in said.err
    assert "--without-missing" in said.err
    assert "Traceback" not in said.err
    assert zips(desk) == ["sent.zip"]
    assert main(["release", str(desk), "--out", out, "--without-missing"]) == 0
    assert zips(desk) == ["saltmere_2024-03_dfe_2.zip", "sent.zip"], "its number is never given to another"


def test_a_file_that_was_changed_since_stops(desk):
    made = released(desk)
    made.path.unlink()
    write_release(make_release(slug=SLUG), made.path)
    with pytest.raises(RunError, match="it was changed since"):
        released(desk)


def test_the_store_never_lies_among_the_outputs(desk):
    with pytest.raises(RunError, match="lies among the outputs"):
        released(desk, out=desk.parent / "private")
    assert not (desk.parent / "private").exists()


def test_internal_leaves_nothing_outside_the_private_store(desk):
    made = released(desk, policy="internal")
    assert made.path.parent == private(desk) / SLUG / "internal"
    assert count_hidden(made.release["figures"]) == 0
    assert not (desk.parents[1] / "outputs").exists()
    assert read_listed(private(desk), SLUG) == ()
    assert "not passed on" in releases.describe_made(made)
    assert released(desk, policy="internal").path == made.path
    assert released(desk).path.name == "saltmere_2024-03_dfe_1.zip", "it counts among no editions"


def test_files_of_ones_own_are_not_released_as_open(desk):
    with pytest.raises(ParameterError, match=r"saltmere\.yml: policy: found 'open'.*monthly\.csv"):
        released(desk, policy="open")
    assert not (desk.parents[1] / "outputs").exists()


def test_what_cannot_be_proved_is_not_written(desk, monkeypatch):
    def refuses(_, *, since):
        raise ReleaseError("agency_share, all, 2024-03: a hidden figure can be worked out")

    monkeypatch.setattr(releasing, "prove", refuses)
    with pytest.raises(ReleaseError, match="can be worked out"):
        released(desk)
    assert zips(desk) == []
    assert not list(private(desk).rglob("*.json*"))


def test_what_is_too_narrow_costs_figures_and_no_edition(desk, monkeypatch):
    plain = releasing.prove
    address = ("audits_completed", "all", "2024-03", "figure")

    def narrow(held, *, since):
        figures = held[-1]["figures"].set_index(list(ADDRESS))["flag"]
        if figures[address] != "c":
            raise TooNarrowError(address, 3, 3)
        return plain(held, since=since)

    monkeypatch.setattr(releasing, "prove", narrow)
    figures = released(desk).release["figures"].set_index(list(ADDRESS))
    assert figures.loc[address, "flag"] == "c"
    assert zips(desk) == ["saltmere_2024-03_dfe_1.zip"]


def test_what_cannot_be_withheld_by_its_names_is_withheld_once_they_are_told_apart(desk, monkeypatch):
    """The audit refuses until two names that agree by now count as two: then it is the same edition, and no other is needed."""
    tried, plain = [], releasing.decide

    def decided(*given, by_value=False, **options):
        tried.append(by_value)
        return plain(*given, by_value=by_value, **options)

    def narrow(held, *, since):
        if not tried[-1]:
            raise TooNarrowError(("audits_completed", "all", "1999-01", "figure"), 3, 3)

    monkeypatch.setattr(releasing, "decide", decided)
    monkeypatch.setattr(releasing, "prove", narrow)
    released(desk)
    assert tried == [False] * (releasing.FARTHEST + 1) + [True]
    assert zips(desk) == ["saltmere_2024-03_dfe_1.zip"]


def test_where_nothing_helps_an_edition_shows_nothing_new_and_is_not_refused(desk, monkeypatch):
    first = released(desk).release["figures"]
    write_monthly(desk.parents[1], 26, agency=lambda place: 9 + place % 9)
    plain = releasing.prove

    def narrow(held, *, since):
        before, now = (each["figures"].set_index(list(ADDRESS))["value"] for each in held[-2:])
        shown = now[now.notna()]
        if (shown != before.reindex(shown.index)).any():
            raise TooNarrowError(("audits_completed", "all", "1999-01", "figure"), 3, 3)
        return plain(held, since=since)

    monkeypatch.setattr(releasing, "prove", narrow)
    second = released(desk, as_at=read_params(desk).as_at + 2).release["figures"]
    keys = list(ADDRESS)
    both = second.merge(first, on=keys, how="left", suffixes=("", "_before"))
    shown = both[both["value"].notna()]
    assert len(shown) > 20
    assert (shown["value"] == shown["value_before"]).all()
    assert (both.loc[both["value_before"].isna() & both["value"].isna(), "flag"] != "").all()


def test_hidden_figures_are_known_again_by_their_digests(desk):
    made = released(desk)
    figures = made.release["figures"]
    hidden = set(figures.loc[figures["flag"] == "c", list(ADDRESS)].itertuples(index=False, name=None))
    assert set(digests.read_digests(private(desk), SLUG, made.path.name)) == hidden
    (private(desk) / digests.SECRET).unlink()
    assert digests.read_digests(private(desk), SLUG, made.path.name) is None, "without the secret they tell nothing"


def test_the_store_holds_no_hidden_figure_of_a_release(desk):
    """Digests and the list: no value stands in them."""
    released(desk)
    kept = json.loads(gzip.decompress(next((private(desk) / SLUG / "digests").iterdir()).read_bytes()))
    assert all(len(row) == 5 and len(row[4]) == 64 for row in kept["digests"])
    assert set(json.loads((private(desk) / SLUG / LIST).read_text())["files"][0]) == {"name", "sha256", "policy", "source"}


def test_one_authority_that_stops_keeps_no_other_from_its_file(desk, capsys):
    gone = write_params(desk.parents[1], "Gone", monthly="gone.csv")
    assert main(["release", str(gone), str(desk), "--out", str(desk.parents[1] / "outputs")]) == 2
    said = capsys.readouterr()
    assert "cfanalysis: Gone: gone.csv" in said.err
    assert "Traceback" not in said.err
    assert "Saltmere, March 2024 (dfe): " in said.out
    assert f"cfanalysis check {(folder_of(desk) / 'saltmere_2024-03_dfe_1.zip').as_posix()}" in said.out
    assert zips(desk) == ["saltmere_2024-03_dfe_1.zip"]


def test_a_batch_file_is_taken_too(desk, capsys):
    batch = desk.parent / "all.yml"
    batch.write_text("params: [saltmere.yml]\n", encoding="utf-8")
    assert main(["release", str(batch), "--out", str(desk.parents[1] / "outputs"), "--policy", "strict"]) == 0
    assert "saltmere_2024-03_strict_1.zip" in capsys.readouterr().out


def test_a_source_that_is_gone_is_said_even_where_it_was_released(desk):
    released(desk)
    (desk.parents[1] / "monthly.csv").unlink()
    with pytest.raises(SourceError, match=r"monthly\.csv"):
        released(desk)


KILLED = """
import os, signal, sys
from pathlib import Path
from cfanalysis.foundation import files
from cfanalysis.releasing import desk as releases
from cfanalysis.params import OwnPolicy, read_params

give = files._give_name

def killed(part, path):
    give(part, path) if path.suffix != ".zip" else os.kill(os.getpid(), signal.SIGKILL)

files._give_name = killed
releases.release_authority(read_params(sys.argv[1]), out=Path(sys.argv[2]))
"""


@only_unix
def test_a_run_that_is_killed_leaves_no_half_written_file(desk):
    out = desk.parents[1] / "outputs"
    ran = subprocess.run([sys.executable, "-c", KILLED, str(desk), str(out)], check=False, capture_output=True)
    assert ran.returncode == -9, ran.stderr.decode()
    assert zips(desk) == []
    (left,) = folder_of(desk).iterdir()
    assert left.name.endswith(".part")
    yesterday = time.time() - 48 * 3600
    os.utime(left, (yesterday, yesterday))
    assert released(desk).path.name == "saltmere_2024-03_dfe_1.zip"
    assert [path.name for path in folder_of(desk).iterdir()] == ["saltmere_2024-03_dfe_1.zip"], "what was left is cleared"


@pytest.mark.parametrize("policy", ["internal", "dfe"])
def test_a_second_look_on_the_desk_makes_no_release_anew(desk, policy, monkeypatch):
    params = read_params(desk).model_copy(update={"policy": policy})
    first, _ = releases.release_on_desk(params)
    monkeypatch.setattr(releases, "_made_on_desk", lambda *_: pytest.fail("it was made anew"))
    again, _ = releases.release_on_desk(params)
    assert pack_release(first, file="x.zip") == pack_release(again, file="x.zip")
    (kept,) = (private(desk) / SLUG / releases.DESK).iterdir()
    if os.name == "posix":
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_the_desk_keeps_no_more_than_so_many(desk, monkeypatch):
    monkeypatch.setattr(releases, "KEPT_ON_DESK", 2)
    for month in ("2023-12", "2024-01", "2024-02", "2024-03"):
        releases.release_on_desk(read_params(write_params(desk.parents[1], as_at=month)))
    assert len(list((private(desk) / SLUG / releases.DESK).iterdir())) == 2
