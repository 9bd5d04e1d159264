"""Which edition a page that lies there was made from, told by the release files beside it."""

from __future__ import annotations

from pathlib import Path

from cfanalysis.foundation.errors import CfanalysisError
from cfanalysis.foundation.months import month, month_label
from cfanalysis.page.about import PageAbout
from cfanalysis.release.naming import list_releases, read_name


def edition_of(page: Path, about: PageAbout) -> int | None:
    """The number of the edition that a page shows; None where no release file beside it is of its month and policy.

    Where several are, the newest that holds every figure of the page.
    """
    fitting = [
        (name.number, path)
        for path in list_releases(page.parent, page.parent.name)
        if (name := read_name(path.name)) and (month_label(month(name.as_at)), name.policy) == (about.data_to, about.policy)
    ]
    if len(fitting) == 1:
        return fitting[0][0]
    return next((number for number, path in reversed(fitting) if _holds(path, page)), None)


def _holds(release: Path, page: Path) -> bool:
    from cfanalysis.page.released_data import audit_pages
    from cfanalysis.release.reading import read_release

    try:
        audit_pages([page], read_release(release))
    except CfanalysisError:
        return False
    return True
