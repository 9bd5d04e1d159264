"""What is kept of files released: found missing, changed or unknown; hidden figures known again without being kept."""

import stat

import pytest
from tests.release_made import make_release

from cfanalysis import store as private
from cfanalysis.foundation.digests import keyed_digest
from cfanalysis.foundation.errors import ReleaseError, RunError
from cfanalysis.release.naming import list_releases, next_number, read_name, release_folder, release_path
from cfanalysis.release.writing import write_release
from cfanalysis.store.digests import SECRET
from cfanalysis.store.released import LIST, refuse_first_pages


@pytest.fixture
def places(tmp_path):
    return tmp_path / "private", tmp_path / "outputs"


def released(places, number, **about):
    store, outputs = places
    release = make_release(number, **about)
    path = write_release(release, release_path(outputs, release.about))
    private.record_release(store, path)
    return path


def earlier(places, **options):
    return private.earlier_releases(places[0], release_folder(places[1], "camden"), "camden", **options)


def test_files_come_in_the_order_in_which_they_were_made(places):
    paths = [released(places, number, as_at=as_at) for number, as_at in [(1, "2024-03"), (2, "2024-01"), (10, "2024-02"), (9, "2024-02")]]
    assert earlier(places) == (paths[0], paths[1], paths[3], paths[2])
    assert next_number(paths[0].parent, "camden") == 11
    assert next_number(paths[0].parent, "camden", ["camden_2024-01_dfe_40.zip", "brent_2024-01_dfe_90.zip"]) == 41


def test_a_file_of_another_authority_is_not_mine(places):
    path = released(places, 1)
    path.rename(path.with_name("camden-east_2024-03_dfe_1.zip"))
    assert list_releases(path.parent, "camden") == ()


@pytest.mark.parametrize("name", ["camden_2024-03_dfe_0.zip", "camden_2024-03_dfe_1.ZIP", "../camden_2024-03_dfe_1.zip", "x.zip"])
def test_other_names_are_no_release_files(name):
    assert read_name(name) is None


def test_a_slug_that_leads_elsewhere_is_refused(places):
    with pytest.raises(ReleaseError, match="plain name"):
        release_folder(places[1], "../x")


def test_the_list_is_private(places):
    released(places, 1)
    store = places[0]
    assert stat.S_IMODE((store / "camden" / LIST).stat().st_mode) == 0o600
    assert stat.S_IMODE(store.stat().st_mode) == 0o700
    assert (store / ".gitignore").read_text() == "*\n"


def test_a_file_that_is_missing_stops_and_names_both_ways_on(places):
    first, second = released(places, 1), released(places, 2)
    copy = first.rename(places[1] / "sent to the board.zip")
    with pytest.raises(RunError, match=r"camden_2024-03_dfe_1\.zip was released.*cfanalysis adopt.*--without-missing"):
        earlier(places)
    assert earlier(places, without_missing=True) == (second,)
    assert private.adopt_release(copy, *places) == first
    assert earlier(places) == (first, second)


def test_a_file_nobody_listed_is_named_and_can_be_adopted(places):
    path = released(places, 1)
    (places[0] / "camden" / LIST).unlink()
    with pytest.raises(RunError, match=r"not on the list.*cfanalysis adopt .*/camden_2024-03_dfe_1\.zip"):
        earlier(places)
    private.adopt_release(path, *places)
    assert earlier(places) == (path,)


def test_a_file_that_was_changed_after_release_stops(places):
    path = released(places, 1)
    path.unlink()
    write_release(make_release(1, as_at="2024-02"), path)
    with pytest.raises(RunError, match="it was changed since"):
        earlier(places)
    with pytest.raises(RunError, match="released before with other contents"):
        private.record_release(places[0], path)


def test_another_file_of_the_same_name_is_adopted_under_the_next_number(places, tmp_path):
    first = released(places, 1)
    other = make_release(1, registers=make_release()["registers"].iloc[:0])
    elsewhere = write_release(other, tmp_path / "laptop" / first.name)
    adopted = private.adopt_release(elsewhere, *places)
    assert adopted.name == "camden_2024-03_dfe_2.zip"
    assert private.adopt_release(elsewhere, *places) == adopted, "adopted twice is adopted once"
    assert earlier(places) == (first, adopted)


def test_what_was_edited_or_internal_is_not_adopted(places, tmp_path):
    cut = tmp_path / "cut.zip"
    cut.write_bytes(released(places, 1).read_bytes()[:-200])
    with pytest.raises(ReleaseError, match="cut"):
        private.adopt_release(cut, *places)
    internal = write_release(make_release(policy="internal"), tmp_path / "internal.zip")
    with pytest.raises(RunError, match="never released"):
        private.adopt_release(internal, *places)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"format": 1, "files": [{"name": 1}]}', "\0\0"])
def test_a_damaged_list_is_set_aside_and_its_files_are_named(places, text):
    path = released(places, 1)
    store = places[0] / "camden"
    (store / LIST).write_text(text)
    with pytest.raises(RunError, match="cfanalysis adopt"):
        earlier(places)
    assert len(list(store.glob(f"{LIST}.damaged-*"))) == 1
    private.adopt_release(path, *places)
    assert earlier(places) == (path,)


def test_a_list_of_a_newer_version_is_kept_and_said(places):
    released(places, 1)
    path = places[0] / "camden" / LIST
    path.write_text('{"format": 2, "files": []}')
    with pytest.raises(RunError, match="update cfanalysis"):
        earlier(places)
    assert path.exists()


def test_pages_from_before_release_files_are_said(places):
    folder = release_folder(places[1], "camden")
    folder.mkdir(parents=True)
    refuse_first_pages(*places, "camden")
    for name in ("demand.html", "index.html", "overview.html", "accessibility.html"):
        (folder / name).write_text("x")
    with pytest.raises(RunError, match=r"2 pages.*demand\.html.*--pages-are-first-edition.*move them away"):
        refuse_first_pages(*places, "camden")
    released(places, 1)
    refuse_first_pages(*places, "camden")


def test_a_store_among_the_outputs_is_refused_before_anything_is_written(places, tmp_path):
    path = released(places, 1)
    for store in (places[1] / "private", tmp_path):
        with pytest.raises(RunError, match="lies among the outputs"):
            private.adopt_release(path, store, places[1])
    assert not (places[1] / "private").exists()


HIDDEN = {("referrals", "all", "2024-02", "figure"): 3.0, ("referrals", "all", "2024-03", "figure"): 4.0}


def digests_of(store, hidden=HIDDEN):
    digest = keyed_digest(private.read_secret(store))
    return {address: digest(address, value) for address, value in hidden.items()}


def test_a_hidden_figure_is_known_again_and_not_kept(places):
    store, name = places[0], "camden_2024-03_dfe_1.zip"
    private.keep_digests(store, "camden", name, digests_of(store))
    kept, today = private.read_digests(store, "camden", name), digests_of(store, dict(zip(HIDDEN, [3.0, 5.0], strict=True)))
    assert [kept[address] == today[address] for address in HIDDEN] == [True, False]
    for path in store.rglob("*"):
        if path.is_file() and path.name != ".gitignore":
            assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("lose", ["gone", "another", "cut"])
def test_without_its_secret_a_digest_says_nothing(places, lose):
    store = places[0]
    private.keep_digests(store, "camden", "a.zip", digests_of(store))
    if lose == "gone":
        (store / SECRET).unlink()
    else:
        (store / SECRET).write_bytes(b"x" * (32 if lose == "another" else 7))
    assert private.read_digests(store, "camden", "a.zip") is None
    private.keep_digests(store, "camden", "b.zip", digests_of(store))
    assert private.read_digests(store, "camden", "b.zip") == digests_of(store)


@pytest.mark.parametrize("data", [b"", b"\x1f\x8b", b"no gzip"])
def test_damaged_digests_are_set_aside(places, data):
    store = places[0]
    private.keep_digests(store, "camden", "a.zip", digests_of(store))
    path = store / "camden" / "digests" / "a.json.gz"
    path.write_bytes(data)
    assert private.read_digests(store, "camden", "a.zip") is None
    assert not path.exists()


def test_digests_of_two_stores_have_nothing_in_common(tmp_path):
    kept = []
    for name in ("one", "two"):
        private.keep_digests(tmp_path / name, "camden", "a.zip", digests_of(tmp_path / name))
        kept.append(set(private.read_digests(tmp_path / name, "camden", "a.zip").values()))
    assert not kept[0] & kept[1]
