"""What the ``cfanalysis`` command takes: its commands, their options, and what is said of each."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from cfanalysis import __version__

POLICIES = ("dfe", "open", "strict", "internal")

_TEACH = """\
first steps:
  cfanalysis sample                     write five synthetic authorities to data/sample
  cfanalysis batch params/sample.yml    make their pages in outputs/
  cfanalysis lab                        open the notebooks in JupyterLab

your own data:
  cfanalysis check data/raw/*.xlsx      what is in these files, and what is wrong with them
  cfanalysis run params/mine.yml        one page per notebook, and an index
  cfanalysis release params/mine.yml    one file of figures that may be shown, for your region

exit codes: 0 all is well, 1 something failed, 2 the command or a parameters file is wrong
"""


def build_parser() -> argparse.ArgumentParser:
    """The parser of the whole command; what is asked for is in ``command``."""
    parser = argparse.ArgumentParser(
        prog="cfanalysis",
        description="An analytical workbook for children's services in English local authorities.",
        epilog=_TEACH,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"cfanalysis {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    _check_command(commands)
    _release_command(commands)
    _adopt_command(commands)
    _run_command(commands, "run", "make the pages of one authority from its parameters file or a release file", "PARAMS", "params/mine.yml")
    _run_command(
        commands,
        "batch",
        "make the pages of many authorities: parameters files, files that list them, folders of release files",
        "PARAMS",
        "params/*.yml",
    )
    lab = commands.add_parser(
        "lab",
        help="open JupyterLab on the notebooks, offline",
        description="Open JupyterLab on the notebooks, offline.",
        epilog="Other options are passed on to JupyterLab, for example --no-browser.",
    )
    lab.set_defaults(command="lab")
    sample = commands.add_parser("sample", help="write five synthetic authorities", description="Write five synthetic authorities.")
    sample.add_argument("--out", type=Path, default=Path("data/sample"), help="folder to write to (data/sample)")
    sample.add_argument("--seed", type=int, default=None, help="another seed makes other children with the same events")
    sample.add_argument(
        "--format",
        choices=("annex_a", "census", "ssd"),
        default="annex_a",
        help="annex_a with monthly figures (default), census XML, or ssd (Standard Safeguarding Dataset, CSV)",
    )
    sample.set_defaults(command="sample")
    _register_command(commands)
    return parser


def _check_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    check = commands.add_parser(
        "check",
        help="say what files hold and every problem found in them",
        description="Say what each file or folder is, its lists, rows and months, and every problem found; of a release file, "
        "what it holds and every text in it. Nothing is written.",
        epilog="The messages may quote the data: they are for your own screen.",
    )
    check.add_argument("files", nargs="+", type=Path, metavar="FILE", help="a file or folder; several may be given")
    check.add_argument(
        "--queue",
        type=Path,
        metavar="FILE",
        help="write, for census files, each child and line to look at by rule (child-level: keep it private)",
    )
    check.set_defaults(command="check")


def _release_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    release = commands.add_parser(
        "release",
        help="write one file of figures that may be shown, to look at and send",
        description="Read an authority's files, hide what must be hidden with all its earlier release files in mind, prove it, and write "
        "one zip: outputs/released/AUTHORITY/AUTHORITY_MONTH_POLICY_NUMBER.zip. A release file is never overwritten; where nothing has "
        "changed, none is written. The policy internal goes to the private store.",
        epilog="cfanalysis release params/mine.yml; then look at it: cfanalysis check outputs/released/mine/mine_2024-03_dfe_1.zip",
    )
    release.add_argument("params", nargs="+", type=Path, metavar="PARAMS", help="parameters files; one may be a batch file")
    release.add_argument("--out", type=Path, default=Path("outputs"), help="folder to write to (outputs)")
    release.add_argument("--policy", choices=POLICIES, help="disclosure policy, instead of the one in the file")
    _go_on_options(release)
    release.set_defaults(command="release")


def _go_on_options(command: argparse.ArgumentParser) -> None:
    """How to go on where a release would stop."""
    command.add_argument(
        "--without-missing", action="store_true", help="go on where a file released earlier is lost: what it hid could be given away"
    )
    command.add_argument(
        "--pages-are-first-edition", action="store_true", help="take the pages of version 0.1.0 that lie there as the first edition"
    )


def _adopt_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    adopt = commands.add_parser(
        "adopt",
        help="take a release file made elsewhere as released from here",
        description="Check a release file, put it with the others of its authority, and list it: the next edition is made with it in mind.",
        epilog="cfanalysis adopt camden_2024-03_dfe_1.zip --params params/camden.yml",
    )
    adopt.add_argument("file", type=Path, metavar="FILE.zip", help="a release file")
    adopt.add_argument("--params", type=Path, default=None, help="the authority's parameters, where its private store lies elsewhere")
    adopt.add_argument("--out", type=Path, default=Path("outputs"), help="folder of the pages (outputs)")
    adopt.set_defaults(command="adopt")


def _run_command(commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, what: str, metavar: str, example: str) -> None:
    run = commands.add_parser(
        name, help=what, description=f"{what[0].upper()}{what[1:]}, and an index.", epilog=f"cfanalysis {name} {example}"
    )
    run.add_argument("params", type=Path, nargs="+", metavar=metavar, help=f"for example {example}; several may be given")
    run.add_argument("--out", type=Path, default=Path("outputs"), help="folder to write to (outputs)")
    run.add_argument("--policy", choices=POLICIES, help="disclosure policy, instead of the one in the file")
    run.add_argument("--notebook", action="append", default=[], metavar="NAME", help="only this notebook; may be given again")
    run.add_argument(
        "--only", action="append", default=[], metavar="NAME",
        help="only this AUTHORITY, AUTHORITY/NOTEBOOK or */NOTEBOOK, named as in the output folder; may be given again",
    )  # fmt: skip
    run.add_argument(
        "--shard", type=_shard, default=(1, 1), metavar="I/N", help="only the I-th of N equal shares of the authorities, for N machines"
    )
    run.add_argument("--workers", type=int, default=max(1, min(4, os.cpu_count() or 1)), help="pages made at once (%(default)s)")
    run.add_argument(
        "--engine",
        choices=("inprocess", "kernel"),
        help="how a notebook is run: inprocess, in a child of a process that has everything loaded (quick; Linux), "
        "or kernel, as Jupyter does it (everywhere); the pages are the same. The quick one is used where it can be",
    )
    run.add_argument("--static", action="store_true", help="leave out the interactive charts: smaller pages")
    run.add_argument(
        "--force",
        action="store_true",
        help="make every page anew, also one whose release file, notebook, options and program are unchanged",
    )
    run.add_argument(
        "--json", action="store_true", help="write a summary for programs to standard output at the end, everything else to standard error"
    )
    _go_on_options(run)
    run.add_argument("--show-code", action="store_true", help="show the code of each cell, for analysts")
    run.set_defaults(command="run")


def _register_command(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    register = commands.add_parser(
        "register", help="start a register of what was said and done", description="Write a register to fill in."
    )
    actions = register.add_subparsers(title="actions", required=True, metavar="ACTION")
    new = actions.add_parser("new", help="write a template", description="Write a template with one example entry.")
    new.add_argument("kind", choices=("projections", "events", "actions", "commentary"))
    new.add_argument("path", type=Path, help="for example params/registers/mine/projections.yml")
    new.set_defaults(command="new_register")


def _shard(text: str) -> tuple[int, int]:
    """A share as it is typed: I/N."""
    one, slash, several = text.partition("/")
    if not (slash and one.isdecimal() and several.isdecimal() and 1 <= int(one) <= int(several)):
        raise argparse.ArgumentTypeError(f"found {text!r}, want a share such as 2/4: the second of four")
    return int(one), int(several)
