"""YAML that says what it means: no guessed types, no repeated keys, and every key knows its line.

YAML 1.1 reads ``no`` as False, ``010`` as 8 and ``1:30`` as 90. Here such a value is refused with a message, so that a team called "No" or
a code "010" is never changed in silence. Dates stay text until a model asks for a date.
"""

from __future__ import annotations

import re
import stat
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from cfanalysis.foundation.errors import ParameterError, at

Lines = dict[tuple[str | int, ...], int]
Model = TypeVar("Model", bound=BaseModel)

_AMBIGUOUS = {
    re.compile(r"^(yes|no|on|off|y|n)$", re.IGNORECASE): "true or false",
    re.compile(r"^[-+]?0[0-9_]+$"): "a number written in base 8",
    re.compile(r"^[-+]?0[xob][0-9a-fA-F_]+$"): "a number written in another base",
    re.compile(r"^[-+]?[0-9]+(:[0-5]?[0-9])+$"): "a number of minutes",
    re.compile(r"^[-+]?[0-9]+_[0-9_]+$"): "a number with its underscores taken out",
}


LONGEST = 5_000_000
"""Bytes; a register of ten years has a hundredth of it."""

DEEPEST = 20
MOST_VALUES = 200_000


class StrictModel(BaseModel):
    """The base of every model that is filled from a file: frozen, no unknown keys, no guessed types."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


_BASE: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""The loader written in C where it is installed: the other one takes minutes for a file of a megabyte."""


class _Loader(_BASE):  # type: ignore[misc]
    """SafeLoader with dates left as text and ambiguous scalars refused."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load_yaml(path: Path | str, wrong: list[str] | None = None) -> tuple[Any, Lines]:
    """The content of a YAML file and the line of every key and item.

    Raises ParameterError naming file and line of everything that is ambiguous or there twice; with a list ``wrong`` these are added to it
    instead, so that they can be told together with what else is wrong. What is no YAML at all is always raised.
    """
    path = Path(path)
    return parse_yaml(_text_of(path), _shown_name(path), wrong)


def _text_of(path: Path) -> str:
    """The text of a YAML file. Raises ParameterError for what is not there, is no plain file, is too long or is no text."""
    name = _shown_name(path)
    try:
        about = path.stat()
        if stat.S_ISDIR(about.st_mode):
            raise ParameterError(f"{name}: this is a folder, want a YAML file")
        if not stat.S_ISREG(about.st_mode):
            raise ParameterError(f"{name}: found a pipe or a device, want a YAML file")
        if about.st_size > LONGEST:
            raise ParameterError(f"{name}: found a file of {about.st_size:,} bytes, want at most {LONGEST:,}; is it a YAML file?")
        return path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        where = path.as_posix().encode("utf-8", "replace").decode("utf-8")
        raise ParameterError(f"{name}: there is no such file; check the path {where}") from None
    except UnicodeDecodeError:
        raise ParameterError(f"{name}: the text is not UTF-8; save the file as UTF-8") from None
    except (OSError, ValueError) as caught:
        why = getattr(caught, "strerror", None) or str(caught)
        raise ParameterError(f"{name}: the file cannot be opened ({why}); check the path, or ask for access") from None


def _shown_name(path: Path) -> str:
    return path.name.encode("utf-8", "replace").decode("utf-8")


def parse_yaml(text: str, file: str, wrong: list[str] | None = None) -> tuple[Any, Lines]:
    """As load_yaml, from text.

    >>> parse_yaml("authority: no", "x.yml")
    Traceback (most recent call last):
        ...
    cfanalysis.foundation.errors.ParameterError: x.yml, line 1: authority: found no, which YAML would read ...
    """
    lines: Lines = {}
    found: list[str] = []
    loader = None
    try:
        _stop_if_unbounded(text, file)
        loader = _Loader(text)
        node = loader.get_single_node()
        data = _plain(loader, node, (), _Place(file, lines, found)) if node is not None else None
    except yaml.MarkedYAMLError as caught:
        mark = caught.problem_mark
        message = f"this is not YAML: {_in_plain_words(str(caught.problem))}"
        raise ParameterError(at(message, file=file, line=mark.line + 1 if mark else None)) from None
    except ParameterError:
        raise
    except (ValueError, OverflowError, RecursionError) as caught:
        message = f"this is not YAML that can be read: {_in_plain_words(str(caught))}"
        raise ParameterError(at(message, file=file)) from None
    except yaml.YAMLError as caught:
        raise ParameterError(at(f"this is not YAML: {_in_plain_words(str(caught))}", file=file)) from None
    finally:
        if loader is not None:
            loader.dispose()
    if wrong is not None:
        wrong += found
    elif found:
        raise ParameterError("\n".join(found))
    return data, lines


_PLAIN_WORDS = {
    "another document": "found a second document (---), want one; give each a file of its own",
    "tab character": "found a tab, want spaces at the beginning of a line",
    "cannot start any token": "found a tab or a mark that begins no value, want spaces for tabs and text in quotation marks",
    "expected ',' or": "found a bracket that is not closed, want every [ and { closed",
    "end of stream": "found a quotation mark that is not closed, want every one closed",
    "mapping values are not allowed": "found a colon within text, want text that holds a colon in quotation marks",
    "'-' indicator": "found a line that is none of the list, want every item to begin with - and its keys under each other",
    "expected key": "found a line that does not stand under those above, want the same spaces before every key",
    "unacceptable character": "found a character that nobody sees, want text only; delete it, or type the line again",
    "digits": "found a number of very many digits, want one that can be; put it in quotation marks if it is text",
}
"""What the reader of YAML says, and what it means to somebody who typed the file."""


def _in_plain_words(said: str) -> str:
    first = said.splitlines()[0] if said else "something else"
    known = (words for mark, words in _PLAIN_WORDS.items() if mark in first)
    return next(known, f"found what cannot be read ({first}), want a file like params/sample.yml")


def _stop_if_unbounded(text: str, file: str) -> None:
    """Raises ParameterError for anchors, for nesting beyond any register, and for more keys and items than anybody writes."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, Loader=_BASE)):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        found = wanted = ""
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            found, wanted = "an anchor (& or *)", "the text written out in each place (anchors and aliases are not read)"
        elif depth > DEEPEST:
            found, wanted = f"keys within keys, more than {DEEPEST} deep", "a file like params/sample.yml"
        elif count > MOST_VALUES:
            found, wanted = f"more than {MOST_VALUES:,} values", "fewer; is this the right file?"
        if found:
            mark = event.start_mark
            raise ParameterError(at(f"found {found}, want {wanted}", file=file, line=mark.line + 1 if mark else None))


class _Place(NamedTuple):
    """Which file is read, the lines of its keys, and what was wrong with it so far."""

    file: str
    lines: Lines
    wrong: list[str]


def _plain(loader: yaml.SafeLoader, node: yaml.Node, key: tuple[str | int, ...], place: _Place) -> Any:
    line = node.start_mark.line + 1
    place.lines.setdefault(key, line)
    if isinstance(node, yaml.MappingNode):
        return _mapping(loader, node, key, place)
    if isinstance(node, yaml.SequenceNode):
        return [_plain(loader, item, (*key, number), place) for number, item in enumerate(node.value)]
    ambiguous = _ambiguous(node, key, place.file, line)
    if ambiguous:
        place.wrong.append(ambiguous)
        return REFUSED
    return loader.construct_object(node)


REFUSED = "(refused)"
"""Stands in for a value that YAML would have changed: what is wrong with it is told already."""


def _mapping(loader: yaml.SafeLoader, node: yaml.MappingNode, key: tuple[str | int, ...], place: _Place) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name_node, value_node in node.value:
        name = str(name_node.value)
        line = name_node.start_mark.line + 1
        if name in found:
            place.wrong.append(at(f"{dotted((*key, name))} is given twice; keep one", file=place.file, line=line))
            continue
        place.lines[(*key, name)] = line
        found[name] = _plain(loader, value_node, (*key, name), place)
    return found


def _ambiguous(node: yaml.Node, key: tuple[str | int, ...], file: str, line: int) -> str:
    """What is wrong with a plain value that YAML would read as something else than it says; blank if nothing is."""
    if getattr(node, "style", None):  # quoted: it is text and says so
        return ""
    for pattern, meaning in _AMBIGUOUS.items():
        if pattern.match(node.value):
            advice = "put it in quotes if it is text, else write it plainly"
            return at(f"{dotted(key)}: found {node.value}, which YAML would read as {meaning}; {advice}", file=file, line=line)
    return ""


def dotted(key: tuple[str | int, ...]) -> str:
    """A key as an analyst would write it.

    >>> dotted(("sources", 0, "path"))
    'sources[1].path'
    """
    text = "".join(f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in key)
    return text.removeprefix(".") or "the file"


def fill(model: type[Model], data: Any, *, file: str, lines: Lines | None = None, where: tuple[str | int, ...] = ()) -> Model:
    """A strict model filled with data; every breach named with file, line and key in one ParameterError."""
    if not isinstance(data, Mapping):
        raise ParameterError(at(f"{dotted(where)}: found {_kind(data)}, want keys and values", file=file, line=_line(where, lines)))
    try:
        return model.model_validate(data)
    except ValidationError as caught:
        errors = [error for error in caught.errors() if error.get("input") != REFUSED] or caught.errors()
        raise ParameterError("\n".join(_sentence(error, model, file, lines, where) for error in errors)) from None


def _sentence(error: Any, model: type[BaseModel], file: str, lines: Lines | None, where: tuple[str | int, ...]) -> str:
    key = (*where, *error["loc"])
    said = {
        "extra_forbidden": f"unknown key; want one of {', '.join(_known(model, error['loc']))}",
        "missing": "this key is missing; add it",
    }.get(error["type"], f"found {_shown(error['input'])}; {_wanted(error)}")
    return at(f"{dotted(key)}: {said}", file=file, line=_line(key, lines))


def _wanted(error: Any) -> str:
    if error["type"] == "value_error":
        said = str(error["ctx"]["error"])
        return said if "want" in said else f"{said}; correct one of them"
    plainer = _PLAINER.get(error["type"], "a value of the kind that params/sample.yml shows")
    return "want " + plainer.format_map({name: _plainly(value) for name, value in (error.get("ctx") or {}).items()})


def _plainly(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)


_PLAINER = {
    "string_type": "text",
    "string_too_short": "at least {min_length} character(s)",
    "string_too_long": "at most {max_length} characters",
    "string_pattern_mismatch": "text of the form {pattern}",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a number that is finite",
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing_size": "a smaller whole number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "set_type": "a list",
    "dict_type": "keys and values",
    "mapping_type": "keys and values",
    "model_type": "keys and values",
    "model_attributes_type": "keys and values",
    "date_type": "a date like 2024-03-31",
    "date_parsing": "a date like 2024-03-31",
    "date_from_datetime_parsing": "a date like 2024-03-31",
    "literal_error": "{expected}",
    "enum": "{expected}",
    "none_required": "nothing",
    "too_short": "at least {min_length} in the list",
    "too_long": "at most {max_length} in the list",
    "greater_than": "greater than {gt}",
    "greater_than_equal": "greater than or equal to {ge}",
    "less_than": "less than {lt}",
    "less_than_equal": "less than or equal to {le}",
    "multiple_of": "a multiple of {multiple_of}",
}
"""What is wanted, by the kind of breach: the words of the library that checks never reach a person."""


def _shown(value: Any) -> str:
    return _kind(value) if isinstance(value, dict | list) else repr(value)[:80]


def _kind(value: Any) -> str:
    kinds = {dict: "keys and values", list: "a list", type(None): "nothing", str: f"the text {str(value)[:40]!r}"}
    return kinds.get(type(value)) or repr(value)


def _known(model: type[BaseModel], place: tuple[str | int, ...]) -> list[str]:
    """The keys wanted where an unknown one was found: those of the nested model the place leads to."""
    here: Any = model
    for part in place[:-1]:
        fields = getattr(here, "model_fields", {})
        if part in fields:
            here = _nested(fields[part].annotation)
    fields = getattr(here, "model_fields", {})
    return [field.alias or name for name, field in fields.items()] or ["(none)"]


def _nested(annotation: Any) -> Any:
    """The model inside ``X``, ``X | None`` or ``tuple[X, ...]``."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next((found for part in getattr(annotation, "__args__", ()) if (found := _nested(part)) is not None), None)


def _line(key: tuple[str | int, ...], lines: Lines | None) -> int | None:
    """The line of a key, or of the nearest thing that holds it."""
    known = lines or {}
    return next((known[key[:size]] for size in range(len(key), -1, -1) if key[:size] in known), None)


def as_date(text: Any) -> date:
    """A date written 2024-03-31; raises ValueError in words for anything else.

    >>> as_date("2024-02-30")
    Traceback (most recent call last):
        ...
    ValueError: want a date that exists, written like 2024-03-31
    """
    try:
        return date.fromisoformat(text) if isinstance(text, str) and len(text) == 10 else _no_date()
    except ValueError:
        return _no_date()


def _no_date() -> date:
    raise ValueError("want a date that exists, written like 2024-03-31")
