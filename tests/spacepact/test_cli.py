"""The command line as people and pipes use it: the interfaces that stay."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from spacepact.cli import main

ROOT = Path(__file__).parents[2]
CLI = [sys.executable, "-m", "spacepact.cli"]
PAGE = """<!doctype html><html lang="fr"><head><title>Accord signé | Gazette</title>
<link rel="canonical" href="https://gazette.example/accord"><meta property="og:site_name" content="Gazette">
<meta property="article:published_time" content="2026-11-20T08:30:00+01:00"></head>
<body><nav><a href="/">Accueil</a></nav><article><h1>Accord signé</h1>
<p>Le CNES et la JAXA ont signé mercredi à Tokyo un accord-cadre sur l'exploration de Phobos.</p>
<p>Les deux agences partagent déjà les données d'une sonde, et les équipes se réunissent chaque printemps à Toulouse.</p>
</article></body></html>"""
ACCORD = {
    "id": "a1",
    "title": "JAXA and ISRO sign agreement on lunar mission",
    "text": "The Japan Aerospace Exploration Agency (JAXA) and the Indian Space Research Organisation (ISRO) signed an agreement on Monday "
    "on the joint lunar polar exploration mission LUPEX.\nUnder the agreement, JAXA builds the rover and ISRO builds the lander.",
}


def spacepact(*words: str, stdin: str = "", **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*CLI, *words], input=stdin, capture_output=True, text=True, timeout=240, check=False, env={"PATH": "/usr/bin:/bin", **env}
    )


def lines(text: str) -> list[Any]:
    return [json.loads(line) for line in text.splitlines()]


def test_extract_prints_the_fields_of_the_interface(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(PAGE, "utf-8")
    ended = spacepact("extract", "--url", "https://gazette.example/accord?utm_source=x", str(page))
    assert ended.returncode == 0, ended.stderr
    said = json.loads(ended.stdout)
    wanted = {"url", "canonical_url", "title", "text", "authors", "published", "modified", "language", "site_name", "method"}
    assert wanted <= said.keys()
    assert (said["title"], said["language"], said["site_name"]) == ("Accord signé", "fr", "Gazette")
    assert said["canonical_url"] == "https://gazette.example/accord"
    assert said["published"].startswith("2026-11-20T")
    assert "accord-cadre" in said["text"]
    assert "Accueil" not in said["text"]


def test_extract_reads_lines_keeps_their_order_and_survives_a_bad_one() -> None:
    rows = [json.dumps({"id": n, "url": f"https://a.example/{n}", "html": PAGE}) for n in range(3)]
    ended = spacepact("extract", "--jsonl", stdin="\n".join([rows[0], "{nonsense", rows[1], '{"id": 9}', "[1]", rows[2]]))
    said = lines(ended.stdout)
    assert [row.get("id") for row in said] == [0, None, 1, 9, None, 2]
    assert [row["error"]["line"] for row in said if "error" in row] == [2, 4, 5]
    assert said[3]["error"]["what"] == "'html' is missing"
    assert ended.returncode == 1


def test_classify_and_match_make_a_pipe(tmp_path: Path) -> None:
    lists = tmp_path / "lists"
    lists.mkdir()
    (lists / "japan.yaml").write_text("name: Japan\nmatch: {agencies: [jaxa]}\n")
    (lists / "brazil.yaml").write_text("name: Brazil\nmatch: {countries: [BR]}\n")
    other = {"id": "a2", "title": "Rain in spring", "text": "Farmers expect a wet spring."}
    classified = spacepact("classify", "--jsonl", stdin="\n".join(map(json.dumps, (ACCORD, other))))
    assert classified.returncode == 0, classified.stderr
    first, second = lines(classified.stdout)
    assert (first["id"], first["cooperation"], first["scope"]) == ("a1", True, "intergovernmental")
    assert {a["id"] for a in first["agencies"]} == {"jaxa", "isro"}
    (cooperation,) = first["cooperations"]
    assert {p["id"] for p in cooperation["parties"]} == {"jaxa", "isro"}
    assert cooperation["stage"] == "signed"
    document = f"{ACCORD['title']}\n{ACCORD['text']}"
    for proof in cooperation["evidence"]:
        assert document[proof["start"] : proof["end"]] == proof["text"]
    assert (second["cooperation"], second["scope"], second["cooperations"]) == (False, "none", [])
    matched = spacepact("match", "--jsonl", "--watchlists", str(lists), stdin=classified.stdout)
    found = lines(matched.stdout)
    assert [(row["id"], [m["watchlist"] for m in row["matches"]]) for row in found] == [("a1", ["japan"]), ("a2", [])]
    assert any(reason.startswith("agency jaxa") for reason in found[0]["matches"][0]["reasons"])


@pytest.mark.parametrize("words", [("classify",), ("match",), ("extract",), ("nonsense",), ("run", "--nonsense")])
def test_wrong_use_is_exit_2_with_a_way_out(words: tuple[str, ...]) -> None:
    ended = spacepact(*words)
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert "Usage:" in ended.stderr or "--help" in ended.stderr


def test_help_has_examples_and_completion_works() -> None:
    said = spacepact("--help").stdout
    assert "Examples:" in said
    assert "crawl-worker" not in said
    completion = subprocess.run(
        [str(Path(sys.executable).with_name("spacepact"))],
        capture_output=True, text=True, timeout=240, check=False,
        env={"_SPACEPACT_COMPLETE": "bash_complete", "COMP_WORDS": "spacepact cl", "COMP_CWORD": "1", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    assert "classify" in completion.stdout


@pytest.mark.parametrize("command", sorted(name for name, command in main.commands.items() if not command.hidden))
def test_every_command_explains_itself_and_stands_in_the_readme(command: str) -> None:
    assert "Usage:" in spacepact(command, "--help").stdout
    assert f"spacepact {command}" in (ROOT / "README.md").read_text() or f"make {command}" in (ROOT / "README.md").read_text()


def test_what_the_readme_names_is_there() -> None:
    readme = (ROOT / "README.md").read_text()
    for path in re.findall(r"\]\((docs/[^)]+)\)", readme):
        assert (ROOT / path).is_file(), path
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", readme)) <= targets


def test_the_shipped_config_is_right() -> None:
    ended = spacepact("check")
    assert (ended.returncode, ended.stdout) == (0, ""), ended.stdout[:2000]
    assert ended.stderr.startswith("all right: ")


def test_a_mistake_has_file_line_and_column_and_a_mend(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    (tmp_path / "watchlists").mkdir()
    (tmp_path / "gazetteer").symlink_to(ROOT / "config" / "gazetteer")
    (tmp_path / "channels.yaml").write_text("channels:\n  desk:\n    kind: mial\n")
    (tmp_path / "watchlists" / "w.yaml").write_text("name: W\nmatch:\n  agencies: [jaxaa]\n")
    (tmp_path / "sources" / "s.yaml").write_text("name: S\nkind: fed\n")
    ended = spacepact("--config", str(tmp_path), "check")
    assert ended.returncode == 1
    assert f"{tmp_path}/watchlists/w.yaml:3:14: agencies: 'jaxaa' is not in the gazetteer; did you mean 'jaxa'?" in ended.stdout
    assert f"{tmp_path}/sources/s.yaml:2:7: kind: 'fed' is not allowed; did you mean 'feed'?" in ended.stdout
    assert "channels.yaml:3:11" in ended.stdout
    assert "did you mean 'mail'?" in ended.stdout


def test_a_wrong_settings_file_stops_with_one_line(tmp_path: Path) -> None:
    (tmp_path / "settings.yaml").write_text("databse: sqlite:///x\n")
    ended = spacepact("--config", str(tmp_path), "run")
    assert ended.returncode == 1
    assert ended.stderr.strip() == f"spacepact: {tmp_path}/settings.yaml:1:1: unknown key 'databse'; did you mean 'database'?"
