"""The article among the lines of a page."""

from __future__ import annotations

import pytest

from crawler.extract import extract
from tests.crawler.pages import SENTENCES

URL = "https://orbit.example/news/relay"
LEAD = "Two northern neighbours will share one voice beyond the moon, their directors say in Lindholm."
HEAD = "<html lang=en><head><title>Relay</title></head><body><h1>Relay</h1>"
BODY = "".join(f"<p>{s}</p>" for s in SENTENCES)


def lines(markup: str) -> list[str]:
    return extract(markup, URL).text.split("\n")


@pytest.mark.parametrize(
    "markup",
    [
        f"<header><div class=top><p>{LEAD}</p></div></header><div class=text>{BODY}</div>",
        f"<article><p class=intro>{LEAD}</p><div class=rest>{BODY}</div></article>",
        f"<article><h2>{LEAD}</h2><div class=x><p>{LEAD}</p>{BODY}</div></article>",
    ],
)
def test_the_first_paragraph_is_kept_wherever_it_stands(markup: str) -> None:
    assert lines(HEAD + markup) == [LEAD, *SENTENCES]


def test_comments_are_left_out_though_they_are_longer_than_the_article() -> None:
    comments = "".join(f"<p>Reader {i} says at some length what they think of relays, neighbours and the moon.</p>" for i in range(60))
    article = f"<article>{BODY}<p>{LEAD} And they mean it, as they said more than once before everybody who would listen.</p></article>"
    assert "Reader" not in "".join(lines(f"{HEAD}{article}<div class='comments'>{comments}</div>"))


def test_an_id_made_of_the_headline_names_no_box() -> None:
    assert lines(f"{HEAD}<div id='why-agencies-share-comments-and-related-newsletter-plans'>{BODY}</div>") == list(SENTENCES)


def test_a_text_that_the_page_holds_twice_is_read_once() -> None:
    assert lines(f"{HEAD}<article>{BODY}</article><article>{BODY}</article>") == list(SENTENCES)
    long = [f"{s} It was said for the {n}th time, and written down with care by all who were there." for n in range(6) for s in SENTENCES]
    twice = "".join(f"<p>{s}</p>" for s in long) + f"<div>{' '.join(long)}</div>"
    assert lines(f"{HEAD}<article>{twice}</article>") == long


def test_paragraphs_in_wrappers_of_their_own_are_one_article() -> None:
    parts = "".join(f"<section class=chunk><div class=inner><p class=par>{s}</p></div></section>" for s in SENTENCES)
    assert lines(f"{HEAD}<main>{parts}</main>") == list(SENTENCES)


def test_subheadings_and_lists_stay_teasers_go() -> None:
    body = (
        f"<article><p>{SENTENCES[0]}</p><h2>What follows</h2><p>{SENTENCES[1]}</p>"
        "<ul><li>Norvania builds the antenna.</li><li>Estmark builds the bus.</li></ul>"
        f"<p>{SENTENCES[2]}</p><div class=card><h3>Another story</h3><p>Estmark loses its last satellite in a storm.</p></div>"
        "</article>"
    )
    found = lines(HEAD + body)
    assert found == [
        SENTENCES[0],
        "What follows",
        SENTENCES[1],
        "Norvania builds the antenna.",
        "Estmark builds the bus.",
        SENTENCES[2],
    ]


def test_a_box_inside_a_paragraph_does_not_cut_it() -> None:
    inside = f"<p>{SENTENCES[0]} The relay<span class='tooltip share'>Share</span> will fly in 2031.</p>"
    assert lines(f"{HEAD}<article>{inside}{BODY}</article>")[0] == f"{SENTENCES[0]} The relay will fly in 2031."


def test_hidden_parts_are_not_read() -> None:
    hidden = "<div hidden><p>Only for subscribers: a text that nobody sees and that is long enough.</p></div>"
    styled = "<div style='display: none'><p>Another text that nobody sees, which is just as long as it needs be.</p></div>"
    assert lines(f"{HEAD}<article>{hidden}{BODY}{styled}</article>") == list(SENTENCES)


def test_text_without_paragraphs_is_read_at_its_breaks() -> None:
    assert lines(f"{HEAD}<div id=content>{'<br><br>'.join(SENTENCES)}</div>") == list(SENTENCES)
    assert lines(f"{HEAD}<table><tr><td>{'<br>'.join(SENTENCES)}</td></tr></table>") == list(SENTENCES)


def test_the_heading_of_a_box_without_an_element_of_its_own_takes_nothing_with_it() -> None:
    assert lines(f"{HEAD}<div class=all>{BODY}Join the conversation</div>")[:3] == list(SENTENCES)
