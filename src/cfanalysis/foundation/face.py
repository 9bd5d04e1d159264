"""The face of a room: names that are there at once, and the modules that hold them loaded when one is used."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from importlib import import_module
from types import ModuleType
from typing import Any


def open_face(package: str, face: Mapping[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """The ``__getattr__`` and ``__dir__`` of a package.

    face: name -> the module inside the package that holds it. A name always means what is held, also
    where a room inside the package has the same name (``cf.release``, ``signals.unusual``).
    """

    def get(name: str) -> Any:
        if name not in face:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{face[name]}"), name)

    class Face(ModuleType):
        def __setattr__(self, name: str, value: Any) -> None:
            if not (name in face and isinstance(value, ModuleType)):
                super().__setattr__(name, value)

    sys.modules[package].__class__ = Face
    return get, lambda: sorted(face)
