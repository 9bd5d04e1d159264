"""What the exporter takes from a cell: strict models of the project's own output types, and nothing else."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from cfanalysis.figures.output import VERSION
from cfanalysis.figures.outputs import SEVERAL
from cfanalysis.figures.render import svg
from cfanalysis.foundation.errors import ReleaseError


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    version: Literal[1]


class WrittenTable(BaseModel):
    """A table as text."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    columns: list[str]
    numeric: list[bool]
    rows: list[list[str]]

    @model_validator(mode="after")
    def _square(self) -> WrittenTable:
        if len(self.numeric) != len(self.columns) or any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError("want as many cells in every row as there are columns")
        return self


class _FromRelease(_Strict):
    id: str = Field(pattern=r"^f[0-9a-f]{10}$")
    title: str
    subtitle: str
    source: str
    note: str
    synthetic: bool
    policy: str
    hidden: int
    period: list[str]
    definitions: dict[str, str]
    table: WrittenTable
    audit: dict[str, Any]


class FigurePayload(_FromRelease):
    """A chart with its words, drawing, specification and data."""

    kind: Literal["figure"]
    family: str
    alt: str = Field(min_length=1)
    key: list[Annotated[str, Field(pattern=r"^(line|dash|dots|band|high|low|ring|dot|diamond)\|#[0-9A-Fa-f]{6}\|")]]
    svg: str
    specification: dict[str, Any]


class SmallLine(BaseModel):
    """A small line chart beside a row: its figures, a gap where there is none, and what it shows in words."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    values: list[float | None]
    alt: str


class TablePayload(_FromRelease):
    """A table, with a small line chart for each row where it has any; a folded one is opened by whoever wants it."""

    kind: Literal["table"]
    lines: list[SmallLine] = []
    folded: bool = False

    @model_validator(mode="after")
    def _a_line_for_each_row(self) -> TablePayload:
        if self.lines and len(self.lines) != len(self.table.rows):
            raise ValueError("want as many small line charts as there are rows, or none")
        return self


class HeadlinesPayload(_Strict):
    """Headline sentences."""

    kind: Literal["headlines"]
    sentences: list[str]


class NotePayload(_Strict):
    """Words."""

    kind: Literal["note"]
    role: Literal["text", "method", "glossary", "foot", "warning"]
    title: str
    paragraphs: list[str]
    terms: dict[str, str]


Payload = FigurePayload | TablePayload | HeadlinesPayload | NotePayload

KINDS: dict[str, type[FigurePayload | TablePayload | HeadlinesPayload | NotePayload]] = {
    "figure": FigurePayload,
    "table": TablePayload,
    "headlines": HeadlinesPayload,
    "note": NotePayload,
}


class SeveralPayload(_Strict):
    """Several outputs of one cell, in order. They hold no others inside."""

    kind: Literal["several"]
    parts: list[dict[str, Any]]


def read_payloads(written: object, where: str) -> list[Payload]:
    """What one output of a cell holds: itself, or several in order; each is checked by itself."""
    if not (isinstance(written, dict) and written.get("kind") == SEVERAL):
        return [read_payload(written, where)]
    try:
        parts = SeveralPayload.model_validate(written).parts
    except ValidationError:
        raise ReleaseError(f"{where}: outputs that do not fit; run the notebook again with this version of cfanalysis") from None
    return [read_payload(part, where) for part in parts]


def read_payload(written: object, where: str) -> Payload:
    """A payload checked field by field. Raises ReleaseError naming the cell for anything that does not fit."""
    kind = written.get("kind") if isinstance(written, dict) else None
    if kind not in KINDS:
        raise ReleaseError(
            f"{where}: the output does not say what it is; make it with cfanalysis {VERSION}'s figures and run the notebook again"
        )
    try:
        return KINDS[str(kind)].model_validate(_drawn(written))
    except ValidationError as caught:
        fields = ", ".join(sorted({".".join(map(str, error["loc"])) for error in caught.errors()}))
        raise ReleaseError(f"{where}: a {kind} whose {fields} do not fit; run the notebook again with this version of cfanalysis") from None


def _drawn(written: Any) -> Any:
    """A figure with its drawing, where that was left to the page."""
    if written["kind"] != "figure" or "svg" in written or not _can_be_drawn(written):
        return written
    return {**written, "svg": svg(written["specification"], written["alt"], written["id"])}


def _can_be_drawn(written: Any) -> bool:
    """Whether the parts of a drawing are what they should be; the model says what is wrong."""
    kinds = {"specification": dict, "alt": str, "id": str}
    return all(isinstance(written.get(name), kind) for name, kind in kinds.items())
