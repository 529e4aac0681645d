"""A config/ for the demonstration: the real gazetteer, the fictional outlets, and receivers on loopback."""

from __future__ import annotations

from pathlib import Path
from shutil import copytree

import yaml

from spacepact.demo.content import OUTLETS
from spacepact.demo.receivers import Receivers
from spacepact.demo.site import Outlets
from spacepact.settings import default_config_dir

EVERY = "3s"
"""How often the demonstration looks again; real sources are visited every hour or so."""


def build(home: Path, outlets: Outlets, receivers: Receivers, web_port: int) -> Path:
    """Write a config directory as an operator would; returns it."""
    config = home / "config"
    config.mkdir(parents=True)
    (config / "gazetteer").symlink_to(default_config_dir() / "gazetteer", target_is_directory=True)
    copytree(OUTLETS / "watchlists", config / "watchlists")
    outlets.source_files(config / "sources", every=EVERY)
    _write(config / "settings.yaml", _settings(home, receivers, web_port))
    _write(config / "channels.yaml", {"channels": _channels(receivers)})
    return config


def _settings(home: Path, receivers: Receivers, web_port: int) -> dict[str, object]:
    return {
        "database": f"sqlite:///{home / 'data' / 'spacepact.sqlite'}",
        "base_url": f"http://127.0.0.1:{web_port}",
        "web": {"port": web_port},
        "mail": {"host": "127.0.0.1", "port": receivers.mail_port, "sender": "spacepact <alerts@spacepact.example>"},
        "outbound": {"private_hosts": ["127.0.0.1"]},
        "crawl": {"delay": 0, "at_once": 8},
        "alerts": {"tick": 0.2},
    }


def _channels(receivers: Receivers) -> dict[str, object]:
    return {
        "desk-mail": {"kind": "mail", "to": ["analyst@desk.example"]},
        "team-slack": {"kind": "slack", "url": f"{receivers.base}/slack/team-slack"},
        "partner-hook": {"kind": "webhook", "url": f"{receivers.base}/hook/partner-hook", "secret": receivers.secret},
    }


def _write(path: Path, data: dict[str, object]) -> None:
    path.write_text(yaml.safe_dump(data, sort_keys=False, allow_unicode=True), "utf-8")
