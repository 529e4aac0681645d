"""config/settings.yaml: what the whole service shares. Secrets come only from the environment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr

from spacepact.cooperation import Mode, Scope
from spacepact.duration import Duration
from spacepact.noun import Noun
from spacepact.timing import Timing
from spacepact.yamlfile import read_yaml


def _database_url(value: str) -> str:
    if value.startswith(("sqlite:", "postgresql:", "postgresql+")):
        return value
    raise ValueError("no database that is known; write sqlite:///data/spacepact.sqlite or postgresql://user@host/name")


class Mail(Noun):
    """The mail server that carries e-mail alerts; `tls` is how the connection is protected."""

    host: str = "localhost"
    port: int = Field(25, ge=1, le=65535)
    tls: Literal["none", "starttls", "implicit"] = "none"
    username: str | None = None
    password: SecretStr | None = None
    sender: str = "spacepact <spacepact@localhost>"


class Web(Noun):
    """Where the status page listens; 0.0.0.0 opens it to the network."""

    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
    secret: SecretStr | None = Field(None, min_length=32, description="signs links; made once and kept in the database if not given")


class SignUp(Noun):
    """Who may subscribe by e-mail: nobody, unless `channel` names a channel of kind mail; to `watchlists` (none named: to all)."""

    channel: str | None = None
    watchlists: tuple[str, ...] = ()


class Outbound(Noun):
    """Where messages to Slack and webhooks may go: the open internet on these ports.

    `private_hosts` are hosts of one's own network, as they stand in an address; they may use any port.
    """

    private_hosts: tuple[str, ...] = ()
    ports: tuple[int, ...] = (80, 443, 8080, 8443)


class Crawl(Noun):
    """Politeness and limits of the crawler; seconds and bytes."""

    contact: str = "https://github.com/spacepact/spacepact"
    delay: float = Field(1.0, ge=0)
    timeout: float = Field(30.0, gt=0)
    round_limit: float = Field(600.0, gt=0)
    at_once: int = Field(4, ge=1, le=64)
    max_pages: int = Field(200, ge=1)
    max_bytes: int = Field(16_000_000, ge=1000)
    max_memory: int = Field(2_000_000_000, ge=100_000_000, description="of the crawler process; what needs more fails alone")
    proxy: str | None = None


class Alerting(Noun):
    """What holds for every watchlist that does not say its own; an article older than `max_age` is collected, but not alerted.

    `mode`, `scope`: how it is said and between whom; `min_score`: how sure the classifier must be;
    `min_sources`: how many outlets must tell a story. `timing` holds where neither a watchlist nor its
    target says anything. `operators` are the channels over which the service tells of its own troubles.
    """

    max_age: Duration = timedelta(hours=48)
    min_score: float = Field(0.5, ge=0, le=1)
    min_sources: int = Field(1, ge=1, le=1000)
    mode: tuple[Mode, ...] = ("asserted", "future")
    scope: tuple[Scope, ...] = ("intergovernmental", "public-private-international")
    tick: float = Field(1.0, gt=0, description="seconds between two looks at what is due")
    timing: Timing = Timing()
    operators: tuple[str, ...] = ()


class Watch(Noun):
    """How operators hear of sources in trouble, over the channels that `alerts.operators` names.

    Changes within `gather` are one message; what lasts is told again `again_after`, then `again_every` so long.
    The same holds for a disk of the database or of the evidence on which less is free than `disk_percent` or `disk_megabytes`.
    """

    every: Duration = timedelta(minutes=1)
    gather: Duration = timedelta(minutes=5)
    again_after: Duration = timedelta(hours=24)
    again_every: Duration = timedelta(days=7)
    disk_percent: float = Field(5, ge=0, le=100)
    disk_megabytes: int = Field(500, ge=0)

    def pause(self, reminders: int) -> timedelta:
        """Return how long what lasts is not told of again, after so many reminders."""
        return self.again_every if reminders else self.again_after


class Evidence(Noun):
    """Fetched pages are kept as they came for `keep`, in `directory`; without one, beside an SQLite file or in data/evidence."""

    enabled: bool = True
    directory: str | None = None
    keep: Duration = timedelta(days=365)


class Settings(Noun):
    """The whole of config/settings.yaml; every key may be left out."""

    database: Annotated[str, AfterValidator(_database_url)] = "sqlite:///data/spacepact.sqlite"
    base_url: str = "http://127.0.0.1:8080"
    mail: Mail = Mail()
    web: Web = Web()
    outbound: Outbound = Outbound()
    subscribers: SignUp = SignUp()
    crawl: Crawl = Crawl()
    alerts: Alerting = Alerting()
    watch: Watch = Watch()
    evidence: Evidence = Evidence()


def load_settings(config: Path, env: Mapping[str, str]) -> Settings:
    """Read settings.yaml of a config directory; all defaults where there is no such file."""
    path = config / "settings.yaml"
    return read_yaml(path, Settings, env) if path.exists() else Settings()


def default_config_dir() -> Path:
    """Return config/ beside the code: inside an installed wheel, or at the top of a checkout."""
    packaged = Path(__file__).with_name("config")
    return packaged if packaged.is_dir() else Path(__file__).parents[1] / "config"
