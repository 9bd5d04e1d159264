"""One authority's release file, from its parameters: what the command and the batch call.

Nothing is written before everything that could stop it has been looked at: a store among the outputs,
files released earlier that are missing or were changed, figures that could be worked out.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path

from cfanalysis import indicators
from cfanalysis.foundation.contracts import COLUMNS, Release
from cfanalysis.foundation.errors import ParameterError, ReleaseError, RunError
from cfanalysis.foundation.files import make_private_folder, refuse_among_outputs, write_whole
from cfanalysis.foundation.months import month, month_label
from cfanalysis.foundation.policy import Policy
from cfanalysis.foundation.scratch import clear_leftovers
from cfanalysis.params import Params
from cfanalysis.prepare.inputs import Inputs, read_inputs
from cfanalysis.release.layout import hash_of
from cfanalysis.release.naming import ReleaseName, next_number, read_name, release_folder
from cfanalysis.release.naming import release_path as place_of
from cfanalysis.release.reading import read_release
from cfanalysis.release.readme import count_hidden
from cfanalysis.release.writing import pack_release, put_in_order, write_release, write_table
from cfanalysis.releasing.first_edition import read_pages
from cfanalysis.releasing.making import make_release, policy_of, release_with_digests
from cfanalysis.store import digests, reading
from cfanalysis.store.cache import key
from cfanalysis.store.editions import EditionStore
from cfanalysis.store.released import earlier_releases, first_edition_pages, made_from, read_listed, record_release, refuse_first_pages

INTERNAL = "internal"
"""The policy that hides nothing, and the folder of the private store that holds its files."""

FOLLOWS = ("revisions",)
"""Tables that say how a release differs from the one before it: they are no news of their own."""


@dataclass(frozen=True)
class Options:
    """How to go on where a release would stop."""

    without_missing: bool = False
    pages_first: bool = False


@dataclass(frozen=True)
class Made:
    """A release file: where it is, what it holds, whether it was written now, and the files that it
    was made with in mind."""

    path: Path
    release: Release = field(repr=False)
    new: bool = True
    beside: tuple[Path, ...] = ()

    @property
    def hidden(self) -> int:
        """How many of its figures are hidden to protect small numbers."""
        return count_hidden(self.release["figures"])


def release_authority(params: Params, *, out: Path, options: Options | None = None) -> Made:
    """Read an authority's files, decide what may be shown, prove it, and write its release file.

    out: the folder of the outputs; the file goes to ``<out>/released/<slug>``, one of the policy
    ``internal`` into the private store. Where nothing has changed since the newest file of the same
    policy and month, no other is written and that one is given.

    Raises ParameterError, SourceError, RunError or ReleaseError in an analyst's words; nothing is
    written then.
    """
    store, asked = params.resolve(params.editions), options or Options()
    refuse_among_outputs(store, out)
    refuse_wrong(params)
    folder = release_folder(out, params.slug)
    clear_leftovers((store, folder))
    rules = policy_of(params)
    if rules.name == INTERNAL:
        return _internal(params, store)
    if asked.pages_first:
        _take_pages(params, store, out)
    refuse_first_pages(store, out, params.slug)
    earlier = earlier_releases(store, folder, params.slug, without_missing=asked.without_missing)
    newest = _newest(earlier, params, rules)
    source = made_of(params)
    if newest and source and made_from(store, newest) == source:
        return Made(newest, read_release(newest), new=False)
    return _decided(params, store, out, earlier, newest, source)


def refuse_wrong(params: Params) -> None:
    """Raises ParameterError for an indicator that there is not, a target that is no stock's, and files
    of the authority's own that would be shown as published ones."""
    known = indicators.catalogue()
    unknown = [name for name in (params.indicators if params.indicators != "all" else ()) if name not in known]
    if unknown:
        raise ParameterError(f"{params.file}: indicators: found {unknown[0]!r}, want names of docs/indicators.md, such as referrals")
    loose = [each.indicator for each in params.targets if each.indicator not in indicators.FLOWS]
    if loose:
        raise ParameterError(f"{params.file}: targets: found {loose[0]!r}, want a stock: {', '.join(indicators.FLOWS)}")
    own = [source.path for source in params.sources if source.format != "published"]
    if params.policy == "open" and own:
        raise ParameterError(
            f"{params.file}: policy: found 'open', which is for figures that are published already, "
            f"and the file {Path(own[0]).name} of the authority's own; want 'dfe', 'strict' or a "
            "policy of your own"
        )


def made_of(params: Params) -> str | None:
    """The name of everything that a release is made from, by content: files, registers, parameters,
    editions kept, this program. None where a file cannot be read, which reading it will say."""
    registers = [path for _, path in params.registers if path]
    sources = [source.path for source in params.sources]
    contents = [reading.content_of(params.resolve(path)) for path in (*sources, *registers)]
    kept = EditionStore(params.resolve(params.editions)).editions(params.authority.name)
    editions = [each.path.name for each in kept if each.as_at < params.as_at]
    written = params.model_dump(mode="json", exclude={"as_at", "first_month", "targets"})
    months = [str(params.as_at), str(params.first_month), *map(str, params.targets)]
    if not all(contents):
        return None
    return key("release", written, months, contents, editions, version("scipy"))


def _take_pages(params: Params, store: Path, out: Path) -> None:
    """What pages of before there were release files show, as the first of them; nothing where there are no such pages."""
    pages = first_edition_pages(store, out, params.slug)
    for number, shown in enumerate(read_pages(pages, params) if pages else (), start=1):
        about = shown.about.model_copy(update={"edition": number})
        record_release(store, write_release(Release(about, shown.tables), place_of(out, about)))


def _newest(earlier: Sequence[Path], params: Params, rules: Policy) -> Path | None:
    """The newest release file of the same policy and month."""
    wanted = (str(params.as_at), rules.name)
    named = [(read_name(path.name), path) for path in reversed(earlier)]
    return next((path for name, path in named if name and (name.as_at, name.policy) == wanted), None)


def _decided(params: Params, store: Path, out: Path, earlier: Sequence[Path], newest: Path | None, source: str | None) -> Made:
    """A release with all earlier ones in mind; written where it says something new."""
    inputs = read_inputs(params)
    held = [read_release(path) for path in earlier]
    taken = [each.name for each in read_listed(store, params.slug)]
    number = next_number(release_folder(out, params.slug), params.slug, taken)
    secret, kept = digests.read_secret(store), [digests.read_digests(store, params.slug, path.name) for path in earlier]
    release, told = release_with_digests(inputs, held, edition=number, secret=secret, kept=kept, proved=True)
    if newest and _says_the_same(release, held[list(earlier).index(newest)]):
        record_release(store, newest, source=source)
        return Made(newest, release, new=False, beside=tuple(earlier))
    path = place_of(out, release.about)
    digests.keep_digests(store, params.slug, path.name, told)
    write_release(release, path)
    record_release(store, path, source=source)
    inputs.keep_edition()
    return Made(path, release, beside=tuple(earlier))


def _says_the_same(one: Release, other: Release) -> bool:
    """Whether two releases hold the same tables and say the same of themselves, but for the edition
    and the version that made them."""
    apart = {"edition", "version", "revised_since"}
    if one.about.model_dump(exclude=apart) != other.about.model_dump(exclude=apart):
        return False
    return all(_bytes(one, name) == _bytes(other, name) for name in COLUMNS if name not in FOLLOWS)


def _bytes(release: Release, name: str) -> bytes:
    return write_table(put_in_order(release[name], name), name)


def _internal(params: Params, store: Path) -> Made:
    """A file that hides nothing: in the private store, its owner's only, the newest of each month.

    It has no part in what was released: it is on no list, and no edition is made with it in mind.
    """
    inputs = read_inputs(params)
    release = make_release(inputs)
    folder = make_private_folder(store, store / params.slug / INTERNAL)
    path = folder / str(ReleaseName.of(release.about))
    write_whole(path, pack_release(release, file=path.name), private=True)
    inputs.keep_edition()
    return Made(path, release)


def describe_made(made: Made) -> str:
    """What was made, what it hides, and the next step, for a screen."""
    about, figures = made.release.about, made.release["figures"]
    place = made.path.as_posix()
    head = f"{about.authority}, {month_label(month(about.as_at))} ({about.policy.name}): "
    if not made.new:
        return f"{head}nothing has changed since {made.path.name}; no new file was written\n  {place}"
    size = made.path.stat().st_size / 1000
    lines = [f"{head}{place}"]
    if about.policy.hides:
        lines.append(f"  {len(figures):,} figures, {made.hidden:,} of them hidden; {size:,.0f} kB")
    else:
        lines.append(f"  {len(figures):,} figures, nothing hidden; {size:,.0f} kB")
    if about.policy.name == INTERNAL:
        return "\n".join([*lines, "  for your own desk: it lies in the private store and is not passed on"])
    if made.beside:
        names = ", ".join(path.name for path in made.beside)
        lines.append(f"  made with {len(made.beside)} earlier in mind: {names}")
    return "\n".join([*lines, f"  look at it before you send it: cfanalysis check {place}"])


OUTPUTS = "outputs"


def outputs_of(params: Params) -> Path:
    """The folder of the outputs unless another is named: beside the notebooks of the project that the parameters file lies in."""
    here = params.resolve(".")
    return next((folder for folder in (here, *here.parents) if (folder / "notebooks").is_dir()), here) / OUTPUTS


def release_on_desk(params: Params, *, keep: bool = True) -> tuple[Release, Inputs]:
    """What may be seen of an authority, and what it was made from, with everything released earlier in mind; nothing is written among
    the outputs.

    ``keep`` keeps this edition's figures in the private store. Raises as ``release_authority`` does.
    """
    refuse_wrong(params)
    inputs = read_inputs(params)
    if keep:
        inputs.keep_edition()
    store, paths = params.resolve(params.editions), _released_before(params)
    place = _desk_file(params, store, paths)
    if place and place.is_file():
        with contextlib.suppress(ReleaseError):  # one that is damaged is made anew
            return read_release(place), inputs
    release = _made_on_desk(params, inputs, store, paths)
    if place:
        with contextlib.suppress(OSError):  # a store that cannot be written only costs time
            make_private_folder(store, place.parent)
            write_whole(place, pack_release(release, file=place.name), private=True)
            _clear_oldest(place.parent)
    return release, inputs


def _clear_oldest(folder: Path) -> None:
    by_age = sorted(folder.glob("*.zip"), key=lambda path: path.stat().st_mtime_ns)
    for path in by_age[:-KEPT_ON_DESK]:
        path.unlink(missing_ok=True)


def _released_before(params: Params) -> list[Path]:
    """The release files that one made now has to keep in mind: none where nothing is hidden."""
    if not policy_of(params).hides:
        return []
    try:
        return list(earlier_releases(params.resolve(params.editions), release_folder(outputs_of(params), params.slug), params.slug))
    except RunError as caught:
        raise RunError(f"{caught}. To look at it on your own desk: policy='internal'") from None


def _made_on_desk(params: Params, inputs: Inputs, store: Path, paths: Sequence[Path]) -> Release:
    if not policy_of(params).hides:
        return make_release(inputs)
    taken = [each.name for each in read_listed(store, params.slug)]
    number = next_number(release_folder(outputs_of(params), params.slug), params.slug, taken)
    secret, kept = digests.read_secret(store), [digests.read_digests(store, params.slug, path.name) for path in paths]
    earlier = [read_release(path) for path in paths]
    return release_with_digests(inputs, earlier, edition=number, secret=secret, kept=kept, proved=True)[0]


DESK, KEPT_ON_DESK = "desk", 12
"""The folder of the private store that holds what was decided for a look on the desk, by content, and how many of these stay."""


def _desk_file(params: Params, store: Path, earlier: Sequence[Path]) -> Path | None:
    """Where what is decided from these files, with these earlier ones in mind, is kept; None where a file cannot be read."""
    source = made_of(params)
    if source is None:
        return None
    told = "\n".join([source, *(f"{path.name} {hash_of(path.read_bytes())}" for path in earlier)])
    return store / params.slug / DESK / f"{hash_of(told.encode())[:32]}.zip"
