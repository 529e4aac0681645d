"""Start-up time and idle memory of `spacepact run`, over the shipped config without its sources.

    python bench/service.py [RUNS]

Start-up: from the start of the process until /health answers 200. Memory: resident, ten seconds later;
the service alone, and with its crawler process (which starts at the first visit).
"""

from __future__ import annotations

import argparse
import http.server
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import yaml

from spacepact.demo.receivers import free_port
from spacepact.settings import default_config_dir

FEED = b'<rss version="2.0"><channel><title>Empty</title></channel></rss>'


class Feed(http.server.BaseHTTPRequestHandler):
    """Answers with an empty feed."""

    def do_GET(self) -> None:
        self.send_response(200 if self.path == "/feed" else 404)
        self.send_header("Content-Type", "application/rss+xml")
        self.send_header("Content-Length", str(len(FEED)))
        self.end_headers()
        self.wfile.write(FEED)

    def log_message(self, *_: object) -> None:
        pass


def build(home: Path, port: int, feed: str | None) -> Path:
    config = home / "config"
    (config / "sources").mkdir(parents=True)
    for name in ("gazetteer", "watchlists", "channels.yaml"):
        (config / name).symlink_to(default_config_dir() / name)
    settings = {"database": f"sqlite:///{home / 'bench.sqlite'}", "web": {"port": port}}
    (config / "settings.yaml").write_text(yaml.safe_dump(settings))
    if feed:
        source = {"name": "Empty", "kind": "feed", "urls": [feed], "language": "en", "country": "FR", "tier": "blog", "every": "1d"}
        (config / "sources" / "empty.yaml").write_text(yaml.safe_dump(source))
    return config


def measure(feed: str | None) -> tuple[float, float]:
    """Return seconds until healthy, and resident MB of the whole tree ten seconds later."""
    with tempfile.TemporaryDirectory() as home:
        port = free_port()
        command = [sys.executable, "-m", "spacepact.cli", "--config", str(build(Path(home), port, feed)), "run"]
        started = time.perf_counter()
        with subprocess.Popen(command, stderr=subprocess.DEVNULL) as service:
            while not healthy(port):
                if service.poll() is not None:
                    sys.exit(f"spacepact run ended with code {service.returncode}")
                time.sleep(0.01)
            seconds = time.perf_counter() - started
            time.sleep(10)
            tree = [psutil.Process(service.pid), *psutil.Process(service.pid).children(recursive=True)]
            memory = sum(process.memory_info().rss for process in tree) / 1e6
            service.send_signal(signal.SIGTERM)
    return seconds, memory


def healthy(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=1) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, ConnectionError):
        return False


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("runs", type=int, nargs="?", default=3)
    runs = options.parse_args().runs
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Feed)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"{'':28}{'start-up, s':>14}{'memory, MB':>14}   median of {runs}")
    for name, feed in (("service alone", None), ("with its crawler process", f"http://127.0.0.1:{server.server_port}/feed")):
        figures = [measure(feed) for _ in range(runs)]
        seconds, memory = (statistics.median(column) for column in zip(*figures, strict=True))
        print(f"{name:28}{seconds:14.2f}{memory:14.0f}")


if __name__ == "__main__":
    main()
