"""From parameters to a release in memory: the authority's files read, everything earlier in mind, decided once."""

from __future__ import annotations

from pathlib import Path

from cfanalysis.inputs import Inputs, read_inputs
from cfanalysis.params import Params
from cfanalysis.release.content import Release
from cfanalysis.release.naming import next_number, release_folder
from cfanalysis.release.reading import read_release
from cfanalysis.releasing import make_release, policy_of
from cfanalysis.store.released import earlier_releases, read_listed

OUTPUTS = "outputs"


def outputs_of(params: Params) -> Path:
    """The folder that the pages of a parameters file go to unless another is named: beside the notebooks of the project it lies in."""
    here = params.resolve(".")
    clone = next((folder for folder in (here, *here.parents) if (folder / "notebooks").is_dir()), here)
    return clone / OUTPUTS


def release_in_memory(params: Params, *, keep: bool = True) -> tuple[Release, Inputs]:
    """What may be seen of an authority under its policy, and what it was made from; nothing is written among the outputs.

    ``keep`` keeps this edition's figures in the private store. Raises RunError where a file that was released is missing.
    """
    inputs = read_inputs(params)
    if keep:
        inputs.keep_edition()
    if not policy_of(params).hides:
        return make_release(inputs), inputs
    store, folder = params.resolve(params.editions), release_folder(outputs_of(params), params.slug)
    paths = earlier_releases(store, folder, params.slug)
    number = next_number(folder, params.slug, [each.name for each in read_listed(store, params.slug)])
    return make_release(inputs, [read_release(path) for path in paths], edition=number), inputs
