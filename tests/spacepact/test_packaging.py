from __future__ import annotations

import ast
import sys
import tomllib
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
OURS = ("spacepact", "crawler", "classifier", "storage", "alerts")


def test_no_dependency_ships_our_import_names() -> None:
    owners = packages_distributions()
    assert {name: owners[name] for name in OURS if set(owners.get(name, ())) - {"spacepact"}} == {}


def test_the_wheel_cannot_be_uploaded() -> None:
    assert "Private :: Do Not Upload" in (distribution("spacepact").metadata.get_all("Classifier") or [])


@pytest.mark.parametrize("lock", ["requirements.lock", "requirements-dev.lock"])
def test_every_locked_package_has_a_hash_and_no_address(lock: str) -> None:
    lines = (ROOT / lock).read_text().splitlines()
    pinned = [i for i, line in enumerate(lines) if "==" in line and not line.startswith((" ", "#"))]
    assert len(pinned) > 50
    assert all("--hash=sha256:" in lines[i + 1] for i in pinned)
    assert not any("://" in line for line in lines)


def test_every_dependency_is_explained() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"], *project["dependency-groups"]["build"]]
    explained = (ROOT / "docs" / "dependencies.md").read_text().lower()
    assert [name for line in wanted if (name := line.split(">")[0].split("[")[0].lower()) not in explained] == []


def test_only_the_process_edge_catches_everything() -> None:
    broad = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for package in OURS
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler) and (node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException"))
    ]
    assert len(broad) == 1, broad
    assert broad[0].startswith("spacepact/dispatch.py")


def test_python_is_new_enough() -> None:
    assert sys.version_info >= (3, 11)
