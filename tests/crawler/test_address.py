"""One spelling for one page."""

from __future__ import annotations

import pytest

from crawler.address import canonical, host_of, same_site


@pytest.mark.parametrize(
    ("address", "one"),
    [
        ("HTTP://Orbit.Example:80/a?b=2&a=1#top", "http://orbit.example/a?a=1&b=2"),
        ("https://orbit.example:443", "https://orbit.example/"),
        ("https://orbit.example:8443/x", "https://orbit.example:8443/x"),
        ("https://orbit.example/a?utm_source=x&id=7&fbclid=y&UTM_Medium=z", "https://orbit.example/a?id=7"),
        (" /news/relay \n", "https://orbit.example/news/relay"),
        ("//cdn.example/x", "https://cdn.example/x"),
        ("/größe und", "https://orbit.example/gr%C3%B6%C3%9Fe%20und"),
        ("?page=2", "https://orbit.example/news/?page=2"),
        ("", None),
        ("  ", None),
        ("mailto:desk@orbit.example", None),
        ("javascript:void(0)", None),
        ("ftp://orbit.example/a", None),
        ("data:text/html,x", None),
        ("https://user:secret@orbit.example/", None),
        ("http://orbit.example:99999/", None),
        ("http://[::1/", None),
    ],
)
def test_canonical(address: str, one: str | None) -> None:
    assert canonical(address, "https://orbit.example/news/") == one
    if one:
        assert canonical(one) == one


def test_hosts_and_sites() -> None:
    assert host_of("https://Orbit.Example:8080/a") == "orbit.example:8080"
    assert same_site("https://www.orbit.example/a", "http://orbit.example/b")
    assert not same_site("https://orbit.example/a", "https://blog.orbit.example/a")
