"""Saved real sites, served as if they were online, and the sources that visit them."""

from __future__ import annotations

import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from spacepact.demo.receivers import free_port


@contextmanager
def replay(shared: Path, *more: str) -> Iterator[str]:
    """Serve the saved pages while the block runs; the address of the proxy that does."""
    port = free_port()
    command = [sys.executable, str(shared / "replay" / "serve.py"), "--port", str(port), *more]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as server:
        assert server.stdout
        assert "replaying" in server.stdout.readline()
        yield f"http://127.0.0.1:{port}"
        server.terminate()


def hosts(proxy: str) -> list[str]:
    with urllib.request.urlopen(f"{proxy}/hosts", timeout=10) as answer:
        return answer.read().decode().split()


def slug(host: str) -> str:
    return "".join(c if c.isalnum() else "-" for c in host.lower()).strip("-").replace("--", "-")


def source(host: str, kind: str, path: str) -> dict[str, Any]:
    about = {"name": host, "kind": kind, "urls": [f"http://{host}/{path}"], "language": "en", "country": "US", "tier": "trade"}
    return about | {"every": "1d", "max_pages": 1000}


def write(path: Path, data: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(data, sort_keys=False), "utf-8")


def command(config: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "spacepact.cli", "--config", str(config), *words]
