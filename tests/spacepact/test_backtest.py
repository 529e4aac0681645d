"""Dry runs: what a list would have found, told and missed, from lines and from the database."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from alerts.matching import Watchlists
from alerts.watchlist import Watchlist
from spacepact.article import Article, Link
from spacepact.backtest import Rehearsal, Trial
from spacepact.cli import main
from spacepact.cooperation import Classification, Cooperation, Evidence, Named, Party, Tagged
from spacepact.settings import Alerting
from spacepact.story import Decision
from storage import Store, migrate, open_database

START = datetime(2026, 5, 4, 9, tzinfo=UTC)


def tagged(day: float, *parties: str, score: float = 0.9, **other: Any) -> Tagged:
    number = round(day * 100)
    evidence = Evidence(text=f"They agreed on day {number}.", start=0, end=5)
    named = [Party(id=p, name=p.upper()) for p in parties]
    values = {"parties": named, "evidence": [evidence], "confidence": 0.9, "stage": "signed", **other}
    said = Classification(
        cooperation=True,
        score=score,
        scope="intergovernmental",
        agencies=tuple(Named(id=p, name=p.upper(), alias=p.upper(), confidence=0.9) for p in parties),
        cooperations=(Cooperation(**values),),
    )
    when = START + timedelta(days=day)
    article = Article(
        url=f"https://o{number}.example/a", source=f"o{number}", title=f"Day {number}", text="Text.", published=when, fetched=when
    )
    return Tagged(article=article, classification=said)


def tried(match: dict[str, Any], *articles: Tagged, deliver: Any = ({"channel": "mail", "to": ["a@b.example"]},), **others: Any) -> Trial:
    lists = {"it": {"name": "it", "match": match, "deliver": list(deliver)}, **others}
    compiled = Watchlists({name: Watchlist.model_validate(w) for name, w in lists.items()})
    rehearsal = Rehearsal("it", compiled, {}, Alerting(), {})
    for article in articles:
        rehearsal.take(article)
    return rehearsal.trial


def test_hits_alerts_weeks_and_overlap_are_counted() -> None:
    trial = tried(
        {"agencies": ["jaxa"]},
        tagged(0, "jaxa", "isro", missions=["lupex"]),
        tagged(0.1, "jaxa", "isro", missions=["lupex"]),
        tagged(1, "nasa", "esa", missions=["artemis"]),
        tagged(15, "jaxa", "nasa", missions=["gateway"]),
        other={"name": "o", "match": {"agencies": ["isro"]}},
    )
    again = tried({}, tagged(0, "jaxa", "isro"), tagged(0, "jaxa", "isro"), other={"name": "o"})
    assert (again.read, again.others["other"]) == (1, len(again.hits))
    assert (trial.read, len(trial.hits), [r.kind for r in trial.rung]) == (4, 3, ["first-report", "first-report"])
    assert trial.weeks() == [("2026-W19", 2, 1), ("2026-W20", 0, 0), ("2026-W21", 1, 1)]
    assert trial.messages == {("mail", "a@b.example"): 2}
    assert trial.others == {"other": 2}
    assert trial.rung[0].evidence == "They agreed on day 0."
    assert trial.rung[0].reasons == ('agency jaxa ("JAXA")', "score 0.90 >= 0.50")


def test_messages_are_counted_as_the_recipient_gets_them() -> None:
    digest = ({"channel": "mail", "to": ["a@b.example"], "digest": "0 8 * * *"},)
    articles = [tagged(d, "jaxa", p, missions=[p]) for d, p in ((0.1, "isro"), (0.2, "nasa"), (1.5, "esa"))]
    assert tried({}, *articles, deliver=digest).messages == {("mail", "a@b.example"): 2}
    assert tried({}, *articles).messages == {("mail", "a@b.example"): 3}


@pytest.mark.parametrize(
    ("match", "missing"),
    [
        ({"agencies": ["jaxa"], "stage": ["talks"]}, ["stage talks is wanted, there is signed"]),
        ({"agencies": ["esa"], "stage": ["talks"]}, []),
        ({"min_score": 0.95}, ["score 0.90 < 0.95"]),
        ({"min_score": 1.0}, []),
        ({"none": [{"agencies": ["jaxa"]}]}, ['excluded: agency jaxa ("JAXA")']),
    ],
)
def test_a_near_miss_failed_by_one_criterion_or_just_under_the_score(match: dict[str, Any], missing: list[str]) -> None:
    score = 0.9 if match.get("min_score") != 1.0 else 0.89
    assert [n.missing for n in tried(match, tagged(0, "jaxa", "isro", score=score)).near] == missing


def run(config: Path, *words: str) -> Result:
    return CliRunner().invoke(main, ["--config", str(config), *words])


def test_backtest_reads_lines_of_classify(draft_config: Path, tmp_path: Path) -> None:
    lines = tmp_path / "said.jsonl"
    found = [tagged(0, "jaxa", "isro"), tagged(3, "nasa", "esa")]
    rows = [
        {**t.classification.model_dump(mode="json"), **t.article.model_dump(mode="json", include={"url", "title", "published"})}
        for t in found
    ]
    lines.write_text("\n".join(map(json.dumps, rows)) + "\nnonsense\n")
    ended = run(draft_config, "backtest", "japan", "--articles", str(lines))
    assert ended.exit_code == 0, ended.output
    assert "japan: 1 of 2 articles in 3 days, 1 alert, 1 message" in ended.stdout
    for part in (
        "2026-W19      1 hit     1 alert",
        "Signed: JAXA and ISRO",
        "“They agreed on day 0.”",
        "all: 1 of 1 hit (100%)",
        "agency jaxa is wanted",
    ):
        assert part in ended.stdout
    assert f"{lines}:3:1: left out" in ended.stderr


def test_backtest_reads_the_database_and_compares_two_versions(draft_config: Path, tmp_path: Path) -> None:
    engine = open_database(f"sqlite:///{tmp_path / 'x.sqlite'}")
    migrate(engine)
    now = datetime.now(UTC)
    shift = now - timedelta(days=20) - START
    for found in (tagged(0, "jaxa", "isro"), tagged(3, "nasa", "esa"), tagged(-200, "jaxa", "csa")):
        moved = {"published": found.article.published + shift, "fetched": now}  # type: ignore[operator]
        Store(engine).add(
            "s",
            Link(url=found.article.url),
            Tagged(article=found.article.model_copy(update=moved), classification=found.classification),
            lambda *_: Decision(),
            now,
        )
    draft = tmp_path / "japan.yaml"
    draft.write_text("name: Draft\nmatch: {agencies: [nasa]}\ndeliver: [{channel: desk-mail}]\n")
    ended = run(draft_config, "backtest", str(draft), "--against", "japan", "--since", "90d", "--json")
    assert ended.exit_code == 0, ended.output
    said = json.loads(ended.stdout)
    assert (said["tested"]["articles"], list(said["tested"]["hits"]), list(said["against"]["hits"])) == (
        2,
        ["https://o300.example/a"],
        ["https://o0.example/a"],
    )
    told = run(draft_config, "backtest", str(draft), "--against", "japan").stdout
    assert "+ " in told
    assert "Signed: NASA and ESA" in told.split("Against japan")[1]


def test_a_list_that_is_not_there_or_wrong_is_named(draft_config: Path, tmp_path: Path) -> None:
    ended = run(draft_config, "backtest", "japn")
    assert (ended.exit_code, ended.stderr.strip()) == (1, "spacepact: no watchlist is called 'japn'; did you mean 'japan'?")
    wrong = tmp_path / "wrong.yaml"
    wrong.write_text("name: x\nmatch: {agencies: [jaxxa]}\n")
    ended = run(draft_config, "backtest", str(wrong))
    assert ended.exit_code == 1
    assert "wrong.yaml:2:20: agencies: 'jaxxa' is not in the gazetteer; did you mean 'jaxa'?" in ended.stderr
    assert run(draft_config, "backtest", "japan", "--since", "x").exit_code == 2
