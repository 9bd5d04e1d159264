"""That release files give nothing away, proved from the files alone: each beside those before it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from cfanalysis.foundation.contracts import Release
from cfanalysis.foundation.errors import ReleaseError, at
from cfanalysis.release.checking import check_release
from cfanalysis.release.naming import list_releases, read_name
from cfanalysis.release.reading import read_release
from cfanalysis.release.texts import plain_text
from cfanalysis.releasing.making import prove


@dataclass(frozen=True)
class Proof:
    """How many hidden figures were proved, the files beside which they were, and how many more others have given away."""

    hidden: int
    beside: tuple[Path, ...]
    given_away: int = 0


def check_file(path: Path) -> str:
    """What a release file holds and what was proved of it, as text for a screen.

    Raises ReleaseError where it is not as it was written, or gives something away.
    """
    said = check_release(path)
    proof = prove_file(path)
    return f"{said}\n{describe_proof(proof)}"


def prove_file(path: Path) -> Proof:
    """Prove the file beside the earlier ones of its authority that lie in the same folder."""
    release = read_release(path)
    beside = _earlier(path, release)
    try:
        audited = prove([*map(read_release, beside), release])
    except ReleaseError as caught:
        raise ReleaseError(at(plain_text(str(caught)), file=path.name)) from None
    return Proof(audited.wide, beside, audited.given_away)


def _earlier(path: Path, release: Release) -> tuple[Path, ...]:
    """Release files of the authority beside it whose numbers come before its own."""
    mine = read_name(path.name)
    number = mine.number if mine else release.about.edition
    found = [(read_name(each.name), each) for each in list_releases(path.parent, release.about.slug)]
    return tuple(each for name, each in found if name and name.number < number)


def describe_proof(proof: Proof) -> str:
    """What was proved, for a person who reads it on a screen.

    >>> describe_proof(Proof(7, ()))
    'Proved from the file alone: none of its 7 hidden figures can be worked out.'
    """
    if not proof.hidden:
        return "It hides nothing: there is nothing to prove."
    names = ", ".join(path.name for path in proof.beside)
    said = f"Proved from the file alone: none of its {proof.hidden:,} hidden figures can be worked out."
    if proof.beside:
        said = f"Proved beside {names}: none of the {proof.hidden:,} hidden figures in all of them can be worked out."
    if not proof.given_away:
        return said
    return (
        f"{said} {proof.given_away:,} more follow from what was shown before and from the Department's own figures, "
        "whatever this file shows: no file can hide them any more."
    )
