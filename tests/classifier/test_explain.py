"""spacepact explain: what was seen, what decided, what would tip the verdict; as a value and as people read it."""

from __future__ import annotations

import io
import math
from datetime import UTC, datetime
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result
from rich.console import Console

from classifier import Classifier
from classifier.explain import Explanation, Marked, explain_document
from spacepact.article import Article, Link
from spacepact.cli.explain import explain, show
from spacepact.cli.meaning import meaning
from spacepact.cli.options import Context
from spacepact.cooperation import COOPERATION_SCOPES, Tagged
from spacepact.settings import default_config_dir
from spacepact.story import Decision
from storage import Store, migrate, open_database

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
TITLE = "JAXA and ISRO sign agreement on lunar rover"
TEXT = """The Japan Aerospace Exploration Agency (JAXA) and the Indian Space Research Organisation (ISRO) signed an agreement on a rover.
Under the agreement, JAXA builds the rover and ISRO builds the lander.
The head of the ISA was there. The Cloud Security Alliance (CSA) stayed away; CSA members were busy."""
DOMESTIC_TITLE = "NASA picks Colorado firm for lunar power study"
DOMESTIC = "NASA has awarded a contract to a Colorado company for the study of power cables on the Moon."


@pytest.fixture(scope="module")
def news(classifier: Classifier) -> Explanation:
    return explain_document(classifier, TITLE, TEXT, "en", NOW)


@pytest.fixture(scope="module")
def domestic(classifier: Classifier) -> Explanation:
    return explain_document(classifier, DOMESTIC_TITLE, DOMESTIC)


@pytest.fixture(params=["news", "domestic"])
def either(request: pytest.FixtureRequest) -> Explanation:
    explanation = request.getfixturevalue(request.param)
    assert isinstance(explanation, Explanation)
    return explanation


def test_the_verdict_explained_is_the_verdict_given(news: Explanation, domestic: Explanation, classifier: Classifier) -> None:
    assert news.classification == classifier.classify(TITLE, TEXT, language="en", published=NOW)
    assert (news.classification.cooperation, domestic.classification.cooperation) == (True, False)


def test_reasons_tell_the_words_that_decided_each_field(news: Explanation) -> None:
    (cooperation,) = news.classification.cooperations
    (reasons,) = news.reasons
    assert {r.field: r.value for r in reasons} == {f: getattr(cooperation, f) for f in ("activity", "instrument", "stage")}
    stage = next(r for r in reasons if r.field == "stage")
    assert any("sign" in word for word in stage.words[:2])
    assert stage.second is not None
    assert stage.by is not None
    assert stage.by > 0


def test_a_word_of_the_lede_is_a_reason_too(classifier: Classifier) -> None:
    text = "The contract was awarded and signed. NASA and JAXA work together on lunar exploration and human spaceflight."
    said = explain_document(classifier, "A lunar rover from Japan", text)
    assert [e.text for e in said.classification.cooperations[0].evidence] == [text.split(". ")[1]]
    words = {word for reason in said.reasons[0] for word in reason.words}
    assert not words.isdisjoint({"contract", "awarded", "signed"})


def test_a_word_without_doubt_has_no_second(classifier: Classifier) -> None:
    said = explain_document(classifier, "ESA and JAXA sign pact", "ESA and JAXA signed a memorandum of understanding on a lunar rover.")
    instrument = next(r for r in said.reasons[0] if r.field == "instrument")
    assert (instrument.value, instrument.second) == ("mou", None)
    assert any("memorandum" in word for word in instrument.words)


def test_score_scopes_and_threshold_agree(either: Explanation) -> None:
    said = either.classification
    assert sum(either.scopes.values()) == pytest.approx(1, abs=1e-3)
    assert sum(either.scopes[s] for s in COOPERATION_SCOPES) == pytest.approx(said.score, abs=1e-3)
    assert (said.score >= either.threshold) == said.cooperation


def test_names_stand_where_they_are_marked(news: Explanation) -> None:
    assert news.text == f"{TITLE}\n{TEXT}"
    sure = {news.text[m.start : m.end]: m.id for m in news.mentions if m.standing == "sure"}
    assert (sure["JAXA"], sure["Indian Space Research Organisation"]) == ("jaxa", "isro")


def test_a_doubtful_name_says_what_else_it_may_be(news: Explanation) -> None:
    (isa,) = _marks(news, "ISA")
    assert isa.standing == "ambiguous"
    assert {isa.id, *isa.reason.replace(";", "").split()} >= {"isa-iran", "isa-israel"}


def test_a_name_that_the_text_defines_otherwise_is_shown_as_left_out(news: Explanation) -> None:
    assert {m.standing for m in _marks(news, "CSA")} == {"left-out"}


def _marks(explanation: Explanation, form: str) -> list[Marked]:
    return [m for m in explanation.mentions if explanation.text[m.start : m.end] == form]


def test_weights_run_from_for_to_against_and_none_is_empty(either: Explanation) -> None:
    effects = [w.effect for w in either.weights]
    assert effects == sorted(effects, reverse=True)
    assert all(effects)
    assert effects[0] > 0 > effects[-1], "what speaks for and what speaks against are both told"


def test_the_proof_is_the_evidence_with_a_score_of_its_own(news: Explanation, classifier: Classifier) -> None:
    evidence = [e for c in news.classification.cooperations for e in c.evidence]
    assert {(p.start, p.end) for p in news.proofs} == {(e.start, e.end) for e in evidence}
    for proof in news.proofs:
        assert proof.text == news.text[proof.start : proof.end]
        assert 0 < proof.score < 1
        assert proof.weights


def test_a_sentence_scores_by_the_sum_of_all_its_weights(
    news: Explanation, monkeypatch: pytest.MonkeyPatch, classifier: Classifier
) -> None:
    monkeypatch.setattr("classifier.explain.MOST_WEIGHTS", 1000)
    monkeypatch.setattr("classifier.explain._EVERYWHERE", frozenset({"bias"}))
    bias = classifier.model.sentence["bias"]
    for proof in explain_document(classifier, TITLE, TEXT, "en", NOW).proofs:
        odds = bias + sum(w.effect for w in proof.weights)
        assert 1 / (1 + math.exp(-odds)) == pytest.approx(proof.score, abs=1e-3)


def test_changes_push_towards_the_other_verdict(either: Explanation) -> None:
    said = either.classification
    assert either.changes
    for change in either.changes:
        assert (change.score < said.score) == said.cooperation
        assert (change.score >= either.threshold) == change.cooperation


def test_the_last_of_the_changes_together_tips_the_verdict(either: Explanation) -> None:
    *before, last = either.together
    assert last.cooperation != either.classification.cooperation
    assert all(c.cooperation == either.classification.cooperation for c in before)


def test_without_the_parties_it_would_not_be_news(news: Explanation, classifier: Classifier) -> None:
    assert {"without jaxa", "without isro"} <= {c.what for c in news.changes}
    told = explain_document(classifier, TITLE.replace("JAXA and ISRO", "Both"), TEXT.replace("JAXA", "one").replace("ISRO", "the other"))
    assert told.classification.score < news.classification.score


def test_the_sentence_that_a_change_takes_away_is_really_needed(classifier: Classifier) -> None:
    title, lede = "A rover for the Moon", TEXT.partition("\n")[0]
    said = explain_document(classifier, title, TEXT, published=NOW)
    (change,) = [c for c in said.changes if c.what.startswith("without the sentence “The Japan")]
    without = classifier.classify(title, TEXT.removeprefix(lede).strip(), published=NOW)
    assert without.score == pytest.approx(change.score, abs=0.1)


def test_the_words_that_spoke_are_told(news: Explanation) -> None:
    assert news.words["sign"] == ("sign", "signed")
    assert news.words["agreement"] == ("agreement",)
    assert "an act of cooperation: agreement, alliance, sign" in " ".join(shown(news).split())


def test_a_foreign_agency_is_what_a_domestic_story_lacks(domestic: Explanation) -> None:
    assert any(c.what.startswith("with a foreign agency") for c in domestic.together)


def test_a_digest_names_the_item_that_decided(classifier: Classifier) -> None:
    items = [
        ("A comet returns", "Astronomers saw a comet again on Monday. It will fade in June."),
        (TITLE, TEXT.partition("\n")[0]),
        ("A telescope is cleaned", "The telescope on the mountain was cleaned. It took a week."),
    ]
    said = explain_document(classifier, "News roundup: the week in space", "\n".join(f"{a}\n{b}" for a, b in items))
    assert said.part is not None
    assert said.text[slice(*said.part)].startswith(TITLE)


@pytest.mark.parametrize("text", ["", "The garden was green.", "\ud800"])
def test_where_nothing_is_about_space_nothing_is_weighed(text: str, classifier: Classifier) -> None:
    said = explain_document(classifier, "", text)
    assert (said.weights, said.proofs, said.classification.scope) == ((), (), "none")
    assert "nothing was weighed" in shown(said)


def test_an_explanation_survives_json(either: Explanation) -> None:
    assert Explanation.model_validate_json(either.model_dump_json()) == either


def shown(explanation: Explanation, *, width: int = 80) -> str:
    out = io.StringIO()
    show(Console(file=out, width=width, color_system=None, highlight=False), explanation)
    return out.getvalue()


def test_people_read_marks_evidence_weights_and_changes(news: Explanation) -> None:
    read = " ".join(shown(news).split())
    for said in (
        "COOPERATION NEWS",
        "»JAXA [agency jaxa] and ISRO [agency isro] sign agreement on lunar rover«",
        "ISA [? agency",
        "CSA [not csa]",
        "1. jaxa (partner), isro (partner)",
        "log-odds",
        "public parties of two countries",
        "For the other verdict",
        "without isro",
        " the verdict: 0.",
    ):
        assert said in read, said


@pytest.mark.parametrize("width", [80, 200])
def test_no_line_is_wider_than_the_terminal(width: int, either: Explanation) -> None:
    lines = shown(either, width=width).splitlines()
    assert max(map(len, lines)) <= width
    assert max(len(max(line.split() or [""], key=len)) for line in lines) < 40


@pytest.mark.parametrize("no_color", [False, True])
def test_colours_are_only_there_where_they_are_wanted(no_color: bool, news: Explanation, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: FBT001
    monkeypatch.setenv("NO_COLOR", "1") if no_color else monkeypatch.delenv("NO_COLOR", raising=False)
    out = io.StringIO()
    show(Console(file=out, force_terminal=True, color_system="standard", width=80), news)
    green = "\x1b[1;32m"
    assert (green in out.getvalue()) is not no_color


def test_brackets_of_the_text_are_no_markup(classifier: Classifier) -> None:
    read = shown(
        explain_document(classifier, "NASA [red] and ESA [/red] sign", "NASA and ESA signed [bold]an agreement[/] on a satellite.")
    )
    assert "[red]" in read
    assert "[bold]an agreement[/]" in " ".join(read.split())


def test_a_long_text_is_cut_but_its_names_are_listed(classifier: Classifier) -> None:
    read = shown(explain_document(classifier, TITLE, "The rover works well. " * 500 + "CNES watched."))
    assert "characters more" in read
    assert "cnes" in read


@pytest.mark.parametrize(
    ("feature", "words"),
    [
        ("PP", "public parties of two countries"),
        ("PP&core&space", "public parties of two countries + an act of cooperation + space"),
        ("PP:and", "public parties of two countries, joined as “and”"),
        ("PC<sign>", "a public party and a foreign company, with words of sign between them"),
        ("PC:for-", "a public party and a foreign company, one after “for”"),
        ("agreement", "words of agreement"),
        ("never-heard-of", "words of never-heard-of"),
    ],
)
def test_features_are_told_in_words(feature: str, words: str) -> None:
    assert meaning(feature) == words


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A config directory with a small part of the gazetteer, which loads in no time."""
    gazetteer = tmp_path / "gazetteer"
    gazetteer.mkdir()
    for name in ("agencies-americas.yaml", "agencies-asia.yaml"):
        (gazetteer / name).symlink_to(default_config_dir() / "gazetteer" / name)
    (tmp_path / "settings.yaml").write_text(yaml.safe_dump({"database": f"sqlite:///{tmp_path / 'kept.sqlite'}"}), "utf-8")
    return tmp_path


def run(house: Path, *words: str, stdin: bytes = b"") -> Result:
    return CliRunner(env={"COLUMNS": "80", "NO_COLOR": "1"}).invoke(explain, words, input=stdin, obj=Context(house))


def value(house: Path, *words: str, stdin: bytes = b"") -> Explanation:
    ended = run(house, *words, "--json", stdin=stdin)
    assert ended.exit_code == 0, ended.output
    return Explanation.model_validate_json(ended.stdout)


def test_the_command_reads_a_file_whose_first_line_is_the_title(house: Path) -> None:
    file = house / "article.txt"
    file.write_text(f"\ufeff{TITLE}\r\n{TEXT}\n", "utf-8")
    ended = run(house, "--text", str(file))
    assert ended.exit_code == 0, ended.output
    assert "COOPERATION NEWS" in ended.stdout
    said = value(house, "--text", str(file), "--language", "en", "--published", "2026-11-23T12:00:00")
    assert said == explain_document(Classifier.load(house / "gazetteer"), TITLE, TEXT, "en", NOW)


@pytest.mark.parametrize("stdin", [f"{DOMESTIC_TITLE}\n{DOMESTIC}".encode(), b"", b"\xff\xfe\x00\x1b[31mNASA\n\xed\xa0\x80"])
def test_the_command_reads_stdin_and_is_content_with_any_bytes(house: Path, stdin: bytes) -> None:
    ended = run(house, "--text", "-", stdin=stdin)
    assert ended.exit_code == 0, ended.output
    assert "not cooperation news" in ended.stdout
    assert "\x1b" not in ended.stdout
    assert value(house, "--text", "-", stdin=stdin).classification.cooperation is False


def test_help_shows_an_example(house: Path) -> None:
    ended = run(house, "--help")
    assert ended.exit_code == 0
    assert "spacepact explain --text article.txt" in ended.stdout


@pytest.mark.parametrize(
    "words", [(), ("https://a.example/x", "--text", "-"), ("--text", "/nowhere/at/all"), ("--text", "-", "--published", "soon")]
)
def test_wrong_use_ends_with_two(house: Path, words: tuple[str, ...]) -> None:
    assert run(house, *words).exit_code == 2


def test_an_article_of_the_store_is_explained_by_its_url(house: Path, news: Explanation) -> None:
    article = Article(url="https://a.example/x", source="outlet", title=TITLE, text=TEXT, language="en", published=NOW, fetched=NOW)
    engine = open_database(f"sqlite:///{house / 'kept.sqlite'}")
    migrate(engine)
    tagged = Tagged(article=article, classification=news.classification)
    Store(engine).add("outlet", Link(url=article.url), tagged, lambda *_: Decision(), NOW)
    engine.dispose()
    said = value(house, article.url)
    assert said == explain_document(Classifier.load(house / "gazetteer"), TITLE, TEXT, "en", NOW)


def test_a_url_that_is_not_kept_is_said_with_what_would_be_right(house: Path) -> None:
    ended = run(house, "https://a.example/y")
    assert ended.exit_code == 1
    assert "no article is kept under https://a.example/y" in str(ended.exception)
    assert "--text FILE" in str(ended.exception)
