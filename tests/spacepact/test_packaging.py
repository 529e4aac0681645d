from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from importlib.metadata import distribution, packages_distributions
from pathlib import Path

import pytest
import yaml

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


def test_only_the_edge_of_each_process_catches_everything() -> None:
    broad = [
        str(path.relative_to(ROOT))
        for package in OURS
        for path in (ROOT / package).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler) and (node.type is None or getattr(node.type, "id", "") in ("Exception", "BaseException"))
    ]
    assert sorted(broad) == ["spacepact/dispatch.py", "spacepact/visits.py"], "the service's edge and the crawler's"


def test_python_is_new_enough() -> None:
    assert sys.version_info >= (3, 11)


def test_f12_every_locked_package_has_its_hash() -> None:
    for lock in sorted(ROOT.glob("requirements*.lock")):
        pinned = [line for line in lock.read_text().splitlines() if re.match(r"[a-z0-9]", line, re.IGNORECASE)]
        assert pinned
        assert [line for line in pinned if not re.fullmatch(r"[\w.\-]+(\[[\w,\-]+\])?==\S+( ; [^\\]+)? \\", line)] == [], lock
        text = lock.read_text()
        assert text.count("--hash=sha256:") >= len(pinned)


def test_f12_the_image_runs_as_nobody_and_may_do_nothing() -> None:
    service = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]["spacepact"]
    assert service["read_only"]
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    assert all(volume.endswith(":ro") or volume.startswith("data:") for volume in service["volumes"])
    last_stage = (ROOT / "Dockerfile").read_text().rpartition("\nFROM ")[2]
    assert re.search(r"^USER [1-9]\d*$", last_stage, re.MULTILINE)


START = """
import sys
from pathlib import Path
def watch(event, facts):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        print(event, facts, flush=True)
sys.addaudithook(watch)
from spacepact.bootstrap import make_app
from spacepact.service import view
from spacepact.web import make_site
app = make_app(Path(sys.argv[1]), {})
app.start()
app.processor, app.sender, app.visitor, make_site(view(app))
print("started")
"""


def test_f12_no_call_to_the_network_at_the_start(draft_config: Path) -> None:
    ended = subprocess.run([sys.executable, "-c", START, str(draft_config)], capture_output=True, text=True, timeout=120, check=True)
    assert ended.stdout.splitlines() == ["started"], ended.stdout
