"""Encrypted connections: a certificate that nobody vouches for is refused."""

from __future__ import annotations

import ipaddress
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from tests.crawler.loopback import Crawls, Reply, Website
from tests.crawler.pages import page, rss, source


@pytest.fixture
def secure_website(website: Website, tmp_path: Path) -> Iterator[Website]:
    """A server whose certificate is signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (tmp_path / "both.pem").write_bytes(private + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")
    website._server.socket = context.wrap_socket(website._server.socket, server_side=True)
    website.url = website.url.replace("http:", "https:")
    return website


def test_a_certificate_that_nobody_vouches_for_is_refused(secure_website: Website, crawls: Crawls) -> None:
    secure_website.pages["/feed"] = Reply(rss(("Relay", f"{secure_website.url}/a")))
    secure_website.pages["/a"] = Reply(page("Two agencies build a lunar relay"))
    result = crawls.round(source("feed", f"{secure_website.url}/feed"))
    assert result.state == "failed"
    assert "the secure connection failed" in result.failures[0].reason
    assert secure_website.asked == []
