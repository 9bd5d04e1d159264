"""From an executed notebook to one HTML file that opens from disk, holds everything it needs, and holds nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from nbconvert.exporters.templateexporter import TemplateExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook
from traitlets import Bool, Dict, Instance, Unicode, Union, default

from cfanalysis.foundation.errors import ReleaseError
from cfanalysis.foundation.policy import Policy
from cfanalysis.foundation.policy import policy as named_policy
from cfanalysis.page.content import content
from cfanalysis.page.notebook import heading, pieces_of, read_notebook
from cfanalysis.page.payload import FigurePayload, TablePayload
from cfanalysis.page.shell import STATEMENT, STRICT, accessibility_page, write_whole

Shown = FigurePayload | TablePayload


class PageExporter(TemplateExporter):  # type: ignore[misc]  # nbconvert is not read by mypy
    """The page as an exporter of nbconvert: ``jupyter nbconvert --to cfanalysis executed.ipynb``.

    What is not said is taken from the notebook: the title from its first heading, authority and policy from its released tables.
    Raises ReleaseError where a cell shows anything that is not the project's own, or where a figure was released under another policy.
    """

    title = Unicode(None, allow_none=True, help="What the page is called; the notebook's first heading where it is not said.").tag(
        config=True
    )
    authority = Unicode(None, allow_none=True, help="Whose page it is; found in the released tables where it is not said.").tag(config=True)
    policy = Union(
        [Unicode(), Dict(), Instance(Policy)], default_value=None, allow_none=True,
        help="The disclosure policy, by name or by its keys; that of the released tables where it is not said.",
    ).tag(config=True)  # fmt: skip
    synthetic = Bool(False, help="Say that every figure is made up; tables that are say so by themselves.").tag(config=True)
    interactive = Bool(False, help="Charts that answer to the pointer.").tag(config=True)
    show_code = Bool(False, help="Show the code of the cells, for analysts.").tag(config=True)
    foot = Dict(help="Terms and their words under the page (data date, edition, method ...).").tag(config=True)

    export_from_notebook = "Page to share (cfanalysis)"
    output_mimetype = "text/html"

    def __init__(self, config: Any = None, **options: Any) -> None:
        super().__init__(config=config, optimistic_validation=True, **options)
        self.register_preprocessor(self.leave_the_page)  # the last one: whatever ran before it, the template sees the page alone

    @default("file_extension")
    def _html(self) -> str:
        return ".html"

    @default("template_name")
    def _own_template(self) -> str:
        return "cfanalysis"

    @default("extra_template_basedirs")
    def _own_templates(self) -> list[str]:
        return [str(files("cfanalysis.page").joinpath("templates"))]

    def _create_environment(self) -> Any:
        return super()._create_environment().overlay(**STRICT)

    def leave_the_page(self, notebook: NotebookNode, resources: Any) -> tuple[NotebookNode, Any]:
        """Put what the page may hold into ``resources``, and leave an empty notebook: no template can show what was not released."""
        pieces = pieces_of(notebook, show_code=self.show_code)
        shown = [piece for piece in pieces if isinstance(piece, Shown)]
        rules = named_policy(self.policy if self.policy is not None else _policy_of(shown))
        _check_policies(shown, rules)
        resources["page"] = content(
            pieces, title=heading(notebook, "Page") if self.title is None else self.title,
            authority=_authority_of(shown) if self.authority is None else self.authority, policy=rules,
            synthetic=self.synthetic or any(piece.synthetic for piece in shown), interactive=self.interactive, foot=self.foot,
        )  # fmt: skip
        named = str(resources.get("unique_key") or resources["metadata"]["name"])
        resources["output_extension"] = f"-{rules.banner}.html" if rules.banner and rules.banner not in named else ".html"
        resources["outputs"] = {STATEMENT: accessibility_page().encode()}
        return new_notebook(), resources


def export(
    notebook: str | Path | NotebookNode,
    output_path: str | Path,
    *,
    title: str,
    authority: str,
    policy: str | Policy | Mapping[str, object],
    synthetic: bool,
    interactive: bool = False,
    show_code: bool = False,
    foot: Mapping[str, Any] | None = None,
) -> Path:
    """Write one page. It appears whole or not at all.

    ``foot`` is terms and their words (data date, edition, method ...); policy, version and accessibility statement are always there.
    Raises ReleaseError where ``PageExporter`` does, and for a file name that does not say what the policy's banner says.
    """
    rules, output = named_policy(policy), Path(output_path)
    _check_name(output, rules)
    exporter = PageExporter(
        title=title, authority=authority, policy=rules, synthetic=synthetic, interactive=interactive, show_code=show_code,
        foot=dict(foot or {}),
    )  # fmt: skip
    page, _ = exporter.from_notebook_node(read_notebook(Path(notebook) if isinstance(notebook, str) else notebook))
    output.parent.mkdir(parents=True, exist_ok=True)
    write_whole(output, page)
    statement = output.parent / STATEMENT
    if not statement.exists() or statement.read_text(encoding="utf-8") != accessibility_page():
        write_whole(statement, accessibility_page())
    return output


def _check_name(output: Path, policy: Policy) -> None:
    if policy.banner and policy.banner not in output.name:
        raise ReleaseError(
            f"found the file name {output.name}, want one with {policy.banner} in it ({output.stem}-{policy.banner}.html): "
            "nothing is hidden on this page, and its name must say so"
        )


def _check_policies(shown: Sequence[Shown], policy: Policy) -> None:
    """A page under one policy must not hold a figure released under a looser one."""
    for piece in shown:
        if piece.policy not in (policy.name, "open"):
            raise ReleaseError(
                f"{piece.title!r} was released under the policy {piece.policy!r}, and this page is to be made under {policy.name!r}; "
                "run the notebook again with the page's policy"
            )


def _policy_of(shown: Sequence[Shown]) -> str:
    """The policy that everything shown was released under; what is open already goes with any."""
    found = {piece.policy for piece in shown}
    return _only(found - {"open"} or found, "policy")


def _authority_of(shown: Sequence[Shown]) -> str:
    """The authority that the released tables are of."""
    named = {str(piece.audit["authority"]) for piece in shown if piece.audit}
    return _only(named - {""}, "authority")


def _only(found: set[str], what: str) -> str:
    if len(found) == 1:
        return found.pop()
    told = f"its tables name {', '.join(sorted(found))}" if found else "no table in it names one; was it run to its end?"
    raise ReleaseError(f"the notebook does not say its {what}: {told} Say --PageExporter.{what}=...")
