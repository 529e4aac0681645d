"""141 real sites, a source each, under the limits that sources have by default: `spacepact sources` shows every one well.

A source counts as ill after two visits that show the same, so each is visited twice. Run by `make test-real`.
"""

from __future__ import annotations

import json
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from spacepact.settings import default_config_dir
from tests.real.replay import command, hosts, replay, slug, source, write

pytestmark = pytest.mark.real

SITES = 141


@pytest.mark.parametrize(("kind", "path"), [("feed", "feed.xml"), ("sitemap", "sitemap.xml"), ("listing", "")])
def test_every_real_site_is_healthy(shared: Path, tmp_path: Path, kind: str, path: str) -> None:
    with replay(shared) as proxy:
        config = directory(tmp_path, proxy, {slug(host): source(host, kind, path) for host in hosts(proxy)})
        for _ in range(2):
            done = subprocess.run(command(config, "crawl"), capture_output=True, text=True, timeout=600, check=False)
            assert done.returncode == 0, done.stderr[-3000:]
    shown = subprocess.run(command(config, "sources", "--jsonl"), capture_output=True, text=True, timeout=60, check=True)
    rows = [json.loads(line) for line in shown.stdout.splitlines()]
    states = Counter(row["state"] for row in rows)
    print(f"\n{kind}: {len(rows)} sources: {dict(states)}; {sum(row['articles'] for row in rows)} articles")

    assert len(rows) == SITES
    assert {row["id"]: (row["state"], row["reason"]) for row in rows if row["state"] != "ok"} == {}
    assert {row["id"]: row["last_visit"] for row in rows if not row["articles"]} == {}
    bad = subprocess.run(command(config, "sources", "--bad"), capture_output=True, text=True, timeout=60, check=False)
    assert bad.returncode == 0, bad.stdout


def directory(home: Path, proxy: str, sources: dict[str, dict[str, object]]) -> Path:
    config = home / "config"
    for name, about in sources.items():
        write(config / "sources" / f"{name}.yaml", about)
    (config / "watchlists").mkdir()
    (config / "gazetteer").symlink_to(default_config_dir() / "gazetteer")
    write(config / "channels.yaml", {"channels": {}})
    crawl = {"proxy": proxy, "delay": 0, "at_once": 4}
    write(config / "settings.yaml", {"database": f"sqlite:///{home / 'data' / 'spacepact.sqlite'}", "crawl": crawl})
    return config
