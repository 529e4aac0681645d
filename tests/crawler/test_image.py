"""The lead image of a page."""

from __future__ import annotations

import json

import pytest

from crawler.extract import extract
from tests.crawler.pages import page

URL = "https://orbit.example/news/relay"


def ld(image: object) -> str:
    return f'<script type="application/ld+json">{json.dumps({"@type": "NewsArticle", "headline": "Relay", "image": image})}</script>'


@pytest.mark.parametrize(
    ("head", "body", "image"),
    [
        ('<meta property="og:image" content="/img/lead.jpg">', "", "https://orbit.example/img/lead.jpg"),
        ('<base href="https://cdn.example/a/"><meta property="og:image" content="lead.jpg">', "", "https://cdn.example/a/lead.jpg"),
        ('<meta property="og:image" content="data:image/png;base64,AAAA"><meta name="twitter:image" content="//cdn.example/t.jpg">', "",
         "https://cdn.example/t.jpg"),
        ('<meta property="og:image" content="javascript:alert(1)">', "", None),
        ('<meta property="og:image" content="/site-logo.png">' + ld("/lead.webp"), "", "https://orbit.example/lead.webp"),
        (ld({"@type": "ImageObject", "url": "/one.jpg"}), "", "https://orbit.example/one.jpg"),
        (ld([{"contentUrl": "/two.jpg"}, "/three.jpg"]), "", "https://orbit.example/two.jpg"),
        (ld(7), "", None),
        ("", '<article><img src="/button.png" width="40"><img src="/big.jpg" width="1200px"></article>', "https://orbit.example/big.jpg"),
        ("", '<main><img src="/s.jpg" srcset="/s.jpg 300w, /l.jpg 1200w"></main>', "https://orbit.example/l.jpg"),
        ("", '<main><img srcset=" , /l.jpg 1200w, "></main>', "https://orbit.example/l.jpg"),
        ("", '<main><img srcset=" , "></main>', None),
        ("", '<img src="/elsewhere.jpg" width="900">', None),
        ('<meta property="og:image" content="http://[broken">', "", None),
    ],
)  # fmt: skip
def test_the_lead_image_is_named_or_shown(head: str, body: str, image: str | None) -> None:
    markup = page("Relay", head=head).replace("</body>", f"{body}</body>")
    assert extract(markup, URL).image == image
