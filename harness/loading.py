"""Find a `module:attribute` (or `file.py:attribute`), the current folder first. Nothing else imports foreign code."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from harness.cases import TargetUnusable


def load(spec: str, folder: Path) -> object:
    """Import the module and return the attribute.

    Args:
        spec: `package.module:attribute`, dots allowed in the attribute, or `path/to/file.py:attribute`.
        folder: where the user stands; its modules win over installed ones of the same name.

    Raises:
        TargetUnusable: no such module, file or attribute, or importing it raised; says which.
    """
    place, _, attribute = spec.rpartition(":")
    if not place or not attribute:
        raise TargetUnusable(f"{spec!r} is no target; give 'module:attribute', an http(s) address or a command")
    found: object = _file(folder / place, spec) if place.endswith(".py") else _module(place, folder, spec)
    for name in attribute.split("."):
        if not hasattr(found, name):
            raise TargetUnusable(f"{place!r} has no {attribute!r}; check the name after the colon")
        found = getattr(found, name)
    return found


def _module(name: str, folder: Path, spec: str) -> ModuleType:
    _put_first(name.partition(".")[0], folder)
    try:
        return importlib.import_module(name)
    except (Exception, SystemExit) as error:  # foreign code: what it does while it is imported is the user's to mend
        raise TargetUnusable(f"cannot import {name!r} of {spec!r}: {type(error).__name__}: {error}") from error


def _put_first(top: str, folder: Path) -> None:
    """Let modules of the current folder be found, as `python -m` does, but only where they would not be found anyway.

    Always having the folder on the path would make its content folders look like libraries (`datasets/`).
    """
    if not ((folder / top).is_dir() or (folder / f"{top}.py").is_file()):
        return
    origin = _origin(top)
    if origin is None or not Path(origin).resolve().is_relative_to(folder.resolve()):
        sys.path.insert(0, str(folder))
        importlib.invalidate_caches()


def _origin(top: str) -> str | None:
    try:
        found = importlib.util.find_spec(top)
    except (ImportError, ValueError):
        return None
    return found.origin if found else None


def _file(path: Path, spec: str) -> ModuleType:
    if not path.is_file():
        raise TargetUnusable(f"no file {path} for {spec!r}; give its path relative to the current folder")
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    found = importlib.util.spec_from_file_location(path.stem, path)
    if found is None or found.loader is None:
        raise TargetUnusable(f"{path} cannot be read as Python")
    module = importlib.util.module_from_spec(found)
    sys.modules[path.stem] = module
    try:
        found.loader.exec_module(module)
    except (Exception, SystemExit) as error:  # as above
        del sys.modules[path.stem]
        raise TargetUnusable(f"cannot import {path}: {type(error).__name__}: {error}") from error
    return module
