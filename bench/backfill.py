"""How fast an archive of the web is read into the store.

    python bench/backfill.py [--pages 3000] [--share 0.05] [--processes N]

A CC-NEWS-like file of fictional pages: every page is of an outlet that we know, and `share` of them are about space.
`all` pages are decoded and sieved; those about space are extracted, tagged, decided about, and stored with evidence. SQLite.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
import tempfile
import time
from functools import partial
from io import BytesIO
from pathlib import Path

import psutil
import yaml
from loopback.news import Newsroom
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from classifier.gazetteer import load_gazetteer
from spacepact.backfill import SEEN, Backfill, Outlets
from spacepact.bootstrap import make_app
from spacepact.rereading import readers
from spacepact.settings import default_config_dir

CALM = "<p>The bakery on the market square opens at seven now, and the queue reaches the fountain on most mornings.</p>"
FURNITURE = (
    "<script>var a = [1, 2, 3];</script><nav><ul><li><a href='/town'>Town</a></li><li><a href='/sport'>Sport</a></li></ul></nav>" * 60
)


def build(home: Path) -> Path:
    config = home / "config"
    for part in ("sources", "watchlists"):
        (config / part).mkdir(parents=True)
    (config / "channels.yaml").write_text("channels: {}\n")
    (config / "gazetteer").symlink_to(default_config_dir() / "gazetteer")
    about = {"name": "Orbit Post", "kind": "feed", "urls": ["https://orbit.example/feed"], "language": "en", "country": "FR"}
    (config / "sources" / "orbit.yaml").write_text(yaml.safe_dump(about | {"tier": "trade", "every": "1h"}))
    (config / "settings.yaml").write_text(yaml.safe_dump({"database": f"sqlite:///{home / 'bench.sqlite'}"}))
    return config


def write(file: Path, pages: int, share: float) -> None:
    newsroom = Newsroom(load_gazetteer(default_config_dir() / "gazetteer")[0], 7)
    every = round(1 / share)
    with file.open("wb") as out:
        writer = WARCWriter(out, gzip=True)
        for n in range(pages):
            calm = f"<title>Bread {n}</title></head><body><article><h1>Bread {n}</h1>{CALM * 8}</article></body></html>"
            html = (newsroom.story().html if n % every == 0 else calm).replace("<body>", f"<body>{FURNITURE}")
            http = StatusAndHeaders("200 OK", [("Content-Type", "text/html; charset=utf-8")], protocol="HTTP/1.1")
            body = BytesIO(f"<!doctype html><html lang=en><head>{html}".encode())
            writer.write_record(writer.create_warc_record(f"https://orbit.example/{n}", "response", payload=body, http_headers=http))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pages", type=int, default=3000)
    parser.add_argument("--share", type=float, default=0.05)
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        app = make_app(build(home), {})
        app.start()
        write(home / "a.warc.gz", args.pages, args.share)
        job = Backfill(app.processor, Outlets(app.config.sources), partial(readers, app.config.directory, args.processes))
        begun, before = time.perf_counter(), sum(resource.getrusage(resource.RUSAGE_SELF)[:2])
        tally = job.run(str(home / "a.warc.gz"))
        seconds, pages = time.perf_counter() - begun, sum(n for what, n in tally.items() if what not in SEEN)
        memory = psutil.Process().memory_info().rss / 1e6
        cpu = sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) - before
        size = (home / "a.warc.gz").stat().st_size / 1e6
    words = ", ".join(f"{n} {what}" for what, n in sorted(tally.items()))
    print(
        f"backfill {pages} pages ({size:.1f} MB) in {seconds:.1f} s: {pages / seconds:.0f} pages/s on {args.processes} processes, "
        f"{cpu / pages * 1000:.1f} ms cpu a page, their start included"
    )
    print(f"         {words}; main process {memory:.0f} MB")
    return 0 if pages == args.pages else 1


if __name__ == "__main__":
    sys.exit(main())
