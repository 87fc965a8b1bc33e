"""The house rules that a machine can hold: who imports whom, what loads when, and what lies where."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
ROOMS = {"kb": {"eco2", "harness"}, "eco2": {"harness"}, "harness": {"eco2"}}
FRAMEWORKS = {
    "langgraph": {"eco2/graph.py", "eco2/adapters/sqlite_checkpointer.py", "eco2/adapters/checkpoint_json.py"},
    "pandas": {"harness/report.py"},
}
CONTENT = ("adr", "incidents", "skills", "datasets", "kb/rules")
HEAVY = ("torch", "chromadb", "ragas", "pandas", "langgraph", "sentence_transformers", "rank_bm25")


def imports(path: Path, *, top_level_only: bool = False) -> Iterator[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in tree.body if top_level_only else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def modules(room: str) -> list[Path]:
    return sorted((ROOT / room).rglob("*.py"))


@pytest.mark.parametrize("room", ROOMS)
def test_a_room_imports_only_what_it_may(room: str) -> None:
    wrong = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in modules(room)
        for name in imports(path)
        if name.split(".")[0] in ROOMS[room]
    ]
    assert wrong == []


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_framework_is_imported_in_its_own_file(framework: str) -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in modules(room)
        if framework in {name.split(".")[0] for name in imports(path)}
    }
    assert users - FRAMEWORKS[framework] == set()


def test_only_command_lines_import_typer() -> None:
    users = {path.relative_to(ROOT).as_posix() for room in ROOMS for path in modules(room) if _imports_typer(path)}
    assert {user for user in users if not Path(user).name.startswith("cli")} == set()


def _imports_typer(path: Path) -> bool:
    return "typer" in {name.split(".")[0] for name in imports(path)}


def test_only_app_and_its_parts_name_adapters() -> None:
    users = {
        path.relative_to(ROOT).as_posix()
        for room in ROOMS
        for path in modules(room)
        if any(name.startswith(f"{room}.adapters.") for name in imports(path))
        and path.name != "app.py"
        and not path.name.startswith("app_")
        and path.parent.name != "adapters"
    }
    assert users == set()


@pytest.mark.parametrize("room", ROOMS)
def test_the_command_line_loads_nothing_heavy(room: str) -> None:
    code = f"import sys, {room}.cli; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("folder", [*CONTENT, "tests"])
def test_a_content_folder_is_no_package(folder: str) -> None:
    assert [path for path in (ROOT / folder).rglob("__init__.py")] == []


@pytest.mark.parametrize("folder", CONTENT)
def test_a_content_folder_holds_no_python_but_the_scripts_of_skills(folder: str) -> None:
    assert [path for path in (ROOT / folder).rglob("*.py") if "scripts" not in path.parts] == []


def test_there_is_no_import_cycle() -> None:
    files = {
        path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__"): path
        for room in ROOMS
        for path in modules(room)
    }
    graph = {
        name: {found for found in imports(path, top_level_only=True) if found in files and found != name}
        for name, path in files.items()
    }
    assert [name for name in graph if _reaches(name, graph)] == []


def _reaches(start: str, graph: dict[str, set[str]]) -> bool:
    seen: set[str] = set()
    stack = list(graph[start])
    while stack:
        module = stack.pop()
        if module == start:
            return True
        if module not in seen:
            seen.add(module)
            stack += graph[module]
    return False
