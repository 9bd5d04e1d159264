"""Which files of a folder are read: one rule for ``check`` and ``run``, and for every format."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from cfanalysis.foundation.errors import SourceError, at

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".xlsb")
TEXTS = (".csv", ".txt", ".tsv")


def shown(path: Path | str) -> str:
    """A file's name as any console can print it: characters that are no text are written as a question mark.

    >>> shown(Path("data") / "list\\udce9.csv")
    'list?.csv'
    """
    return Path(path).name.encode("utf-8", "replace").decode("utf-8")


def is_left_out(path: Path) -> bool:
    """Whether a file is nobody's data: hidden, or the lock that Excel leaves beside an open workbook."""
    return path.name.startswith((".", "~$"))


def folder_files(folder: Path, suffixes: tuple[str, ...] = (*WORKBOOKS, *TEXTS)) -> list[Path]:
    """The files of a folder that are read, by name: whatever the case of their ending, links followed, nothing that is no plain file.

    Raises SourceError for a folder that cannot be looked into.
    """
    return [path for path in folder_entries(folder) if path.suffix.lower() in suffixes and path.is_file()]


def folder_entries(folder: Path) -> list[Path]:
    """Everything in a folder but what is hidden or a lock, by name. Raises SourceError for a folder that cannot be looked into."""
    try:
        entries = sorted(folder.iterdir(), key=lambda path: path.name)
    except OSError as caught:
        advice = "ask for access, or check the path"
        raise SourceError(at(f"the folder cannot be opened ({caught.strerror}); {advice}", file=shown(folder))) from None
    return [path for path in entries if not is_left_out(path)]


def stop_unless_plain(path: Path) -> None:
    """Raises SourceError for what is not there, is a folder, or is no plain file (a pipe or a device would never end)."""
    try:
        mode = os.stat(path).st_mode
    except FileNotFoundError:
        raise SourceError(at(f"there is no such file ({path.parent}); check the path in the parameters file", file=shown(path))) from None
    except (OSError, ValueError) as caught:
        why = getattr(caught, "strerror", None) or str(caught)
        raise SourceError(at(f"the file cannot be opened ({why}); close it in Excel or ask for access", file=shown(path))) from None
    if not stat.S_ISREG(mode):
        what = "a folder" if stat.S_ISDIR(mode) else "a pipe or a device and not a file"
        raise SourceError(at(f"found {what}, want a workbook or a CSV file; give its path", file=shown(path)))


def extract_paths(path: Path) -> list[Path]:
    """The extracts that a source of Annex A names: itself, or each workbook or subfolder of a folder of editions.

    Raises SourceError where a folder holds workbooks and lists as CSV side by side: which belongs to which cannot be told.
    """
    if not path.is_dir():
        return [path]
    files = folder_files(path)
    workbooks = [file for file in files if file.suffix.lower() in WORKBOOKS]
    lists = [file for file in files if file.suffix.lower() in TEXTS]
    if workbooks and lists:
        names = ", ".join(shown(file) for file in [*workbooks, *lists][:4])
        raise SourceError(at(f"the folder holds several extracts ({names}); give each as a source of its own", file=shown(path)))
    if files:
        return workbooks if len(workbooks) > 1 else [path]
    return [folder for folder in folder_entries(path) if folder.is_dir() and folder_files(folder)] or [path]
