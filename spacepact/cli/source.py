"""Sources by hand: find, try, keep a golden page, hand over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from spacepact.article import Tier
from spacepact.cli.options import Context, pass_context
from spacepact.errors import SpacepactError

if TYPE_CHECKING:
    from crawler.source import Source
    from spacepact.trial import Trial

GOLDEN = ("title", "text", "authors", "published", "modified", "language", "canonical_url", "site_name")
EPILOG = """\b
Examples:
  spacepact source add https://agency.example/news --tier official
  spacepact source test agency-example
  spacepact source snapshot agency-example
  spacepact source import subscriptions.opml --country FR
  spacepact source export > spacepact.opml
  spacepact source table
"""


def _address(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    from crawler.source import web_address

    try:
        return web_address(value)
    except ValueError as error:
        raise click.BadParameter(str(error)) from None


@click.group(epilog=EPILOG)
def source() -> None:
    """Add, try and hand over sources."""


@source.command(epilog="\b\nExample:\n  spacepact source add https://agency.example/news --id agency --tier official --country FR")
@click.argument("url", callback=_address)
@click.option("--id", "name", help="The id, which is the name of the file.  [default: from the outlet's name]")
@click.option("--tier", type=click.Choice(get_args(Tier)), default="trade", show_default=True)
@click.option("--country", help="ISO 3166-1 like FR, or EU.  [default: what the address ends in]")
@click.option("--language", help="ISO 639-1 like en.  [default: what the page says]")
@click.option("--print", "only_print", is_flag=True, help="Print the file instead of writing it.")
@pass_context
def add(context: Context, url: str, *, name: str | None, tier: Tier, country: str | None, language: str | None, only_print: bool) -> None:
    """Find where the outlet at URL lists its news and write config/sources/<id>.yaml.

    Looks for a feed that the page names, for the usual places, for the sitemap that robots.txt names, and at
    the links of the page itself, in this order.
    """
    from crawler.discover import discover
    from crawler.draft import country_of, draft, id_of
    from crawler.engine import errand, run
    from spacepact.bootstrap import utc_now
    from spacepact.settings import load_settings

    context.talk()
    settings = load_settings(context.config, context.env).crawl
    outlet = run(lambda: errand(url, lambda asked: discover(url, asked.get), settings=settings, now=utc_now))
    for failed in outlet.tried if outlet else ():
        click.echo(f"tried {failed.url}: {failed.reason}", err=True)
    if not outlet or not outlet.lists:
        raise SpacepactError(f"{url}: no feed, no sitemap and no list of links was found; name the page that lists the news")
    best, *others = outlet.lists
    place = country or country_of(url)
    if not place:
        raise click.UsageError(f"the address does not tell the country of {url}; add --country, like --country FR")
    notes = [f"Found on {utc_now():%Y-%m-%d} from {url}: {best.how}; {best.items} items."]
    notes += [f"Also there: {other.kind} {other.url} ({other.how}; {other.items} items)." for other in others[:8]]
    about = {
        "name": outlet.name or name or id_of("", url),
        "kind": best.kind,
        "urls": [best.url],
        "language": language or outlet.language or "en",
        "country": place,
        "tier": tier,
    }
    text = draft(about, notes, best.posted)
    if only_print:
        click.echo(text, nl=False)
    else:
        click.echo(_write(context.config, name or id_of(outlet.name, url), text))


@source.command()
@click.argument("which")
@click.option("--pages", type=click.IntRange(0, 500), default=5, show_default=True, help="Fetch at most so many pages.")
@click.option("--jsonl", is_flag=True, help="Print one JSON a listed item.")
@pass_context
def test(context: Context, which: str, pages: int, *, jsonl: bool) -> None:
    """Visit the source WHICH (an id, or a file) once and keep nothing: what is taken, and why not the rest."""
    trial = _try(context, which, pages)
    for item in trial.items:
        if jsonl:
            click.echo(item.model_dump_json())
            continue
        when = f"{item.posted:%Y-%m-%d}" if item.posted else "-"
        click.echo(f"{item.verdict:9} {when:10} {item.title[:70] or '-'}\n{'':21}{item.url}")
        for line in [item.why] if item.why else [f"{k}: {v or '(none)'}" for k, v in item.fields.items()]:
            click.echo(f"{'':21}{line}")
    _sum_up(trial)
    raise SystemExit(0 if any(item.verdict == "taken" for item in trial.items) or (not pages and trial.items) else 1)


@source.command()
@click.argument("which")
@click.option("--pages", type=click.IntRange(1, 50), default=1, show_default=True, help="So many pages, the newest.")
@click.option("--to", type=click.Path(file_okay=False, path_type=Path), default=Path("tests/golden"), show_default=True)
@pass_context
def snapshot(context: Context, which: str, pages: int, to: Path) -> None:
    """Keep golden pages of the source WHICH, with what is read from them: one test a field appears by itself.

    Look the JSON over: what stands there is what every later version must read.
    """
    from crawler.engine import run
    from spacepact.bootstrap import utc_now
    from spacepact.settings import load_settings
    from spacepact.trial import snap, try_source

    context.talk()
    settings = load_settings(context.config, context.env).crawl
    name, of = _find(context.config, which)

    async def work() -> list[Any]:
        trial = await try_source(of, name, settings, utc_now, pages=pages)
        return [await snap(item.url, settings, utc_now) for item in trial.items if item.verdict == "taken"]

    found = [snapped for snapped in run(work) if len(snapped) == 2 and not isinstance(snapped[1], str)]
    if not found:
        raise SpacepactError(f"{name}: no article was found; spacepact source test {which} says why")
    for number, (page, extracted) in enumerate(found, 1):
        folder = to / name
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.html").write_bytes(page.body)
        expected = {"url": page.url, "content_type": page.content_type, **extracted.model_dump(mode="json", include=set(GOLDEN))}
        (folder / f"{number}.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", "utf-8")
        click.echo(folder / f"{number}.json")


@source.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--tier", type=click.Choice(get_args(Tier)), default="trade", show_default=True)
@click.option("--country", help="For feeds whose address names none.")
@click.option("--language", default="en", show_default=True, help="For feeds that name none.")
@pass_context
def import_(context: Context, file: Path, tier: Tier, country: str | None, language: str) -> None:
    """Write a source for every feed of an OPML FILE that is not polled yet; nothing is fetched."""
    from crawler.draft import country_of, draft, id_of
    from crawler.opml import read_opml
    from crawler.source import load_sources

    try:
        feeds = read_opml(file.read_bytes())
    except ValueError as error:
        raise SpacepactError(f"{file}: {error}") from None
    polled = {url for known in load_sources(context.config / "sources")[0].values() for url in known.urls}
    skipped = 0
    for feed in feeds:
        place = country_of(feed.page or feed.url) or country
        if feed.url in polled or not place:
            skipped += 1
            why = "is polled already" if feed.url in polled else "names no country; add --country"
            click.echo(f"skipped: {feed.url} {why}", err=True)
            continue
        folder = f", folder {feed.folder}" if feed.folder else ""
        about = {
            "name": feed.name,
            "kind": "feed",
            "urls": [feed.url],
            "language": feed.language or language,
            "country": place,
            "tier": tier,
        }
        text = draft(about, [f"Imported from {file.name}{folder}."])
        click.echo(_write(context.config, _free(context.config, id_of(feed.name, feed.url)), text))
    click.echo(f"{len(feeds) - skipped} written, {skipped} skipped", err=True)


@source.command()
@pass_context
def export(context: Context) -> None:
    """Print all sources as OPML 2.0, one folder a tier."""
    from crawler.opml import write_opml
    from crawler.source import load_sources
    from spacepact.bootstrap import utc_now

    sources, problems = load_sources(context.config / "sources")
    for problem in problems:
        click.echo(f"spacepact: {problem}", err=True)
    click.echo(write_opml(sources, utc_now()).decode(), nl=False)


@source.command()
@pass_context
def table(context: Context) -> None:
    """Print all sources as Markdown: how many by continent and tier, then one by one; docs/source-list.md holds it."""
    from crawler.overview import overview
    from crawler.source import load_sources

    click.echo(overview(load_sources(context.config / "sources")[0]), nl=False)


def _find(config: Path, which: str) -> tuple[str, Source]:
    from crawler.source import Source, unknown_source
    from spacepact.yamlfile import read_yaml

    path = Path(which) if which.endswith((".yaml", ".yml")) else config / "sources" / f"{which}.yaml"
    if not path.is_file():
        known = [file.stem for file in (config / "sources").glob("*.yaml")]
        raise SpacepactError(unknown_source(which, known))
    return path.stem, read_yaml(path, Source)


def _try(context: Context, which: str, pages: int) -> Trial:
    from crawler.engine import run
    from spacepact.bootstrap import utc_now
    from spacepact.settings import load_settings
    from spacepact.trial import try_source

    context.talk()
    settings = load_settings(context.config, context.env).crawl
    name, of = _find(context.config, which)
    return run(lambda: try_source(of, name, settings, utc_now, pages=pages))


def _sum_up(trial: Trial) -> None:
    assert trial.round  # noqa: S101 - a trial that ended has one
    for failure in trial.round.failures:
        click.echo(f"trouble: {failure.url}: {failure.reason}", err=True)
    for url, rules in trial.robots.items():
        click.echo(f"robots.txt of {url}: {'none' if not rules else f'{len(rules.splitlines())} lines, obeyed'}", err=True)
    for old, new in trial.round.heard.moved.items():
        click.echo(f"moved for good: {old} -> {new}; change the file", err=True)
    for hub in trial.round.heard.hubs:
        click.echo(f"hub: {hub.hub}", err=True)
    counts = {verdict: sum(i.verdict == verdict for i in trial.items) for verdict in ("taken", "rejected", "unwanted", "failed", "left")}
    click.echo(f"{trial.round.state}: " + ", ".join(f"{n} {verdict}" for verdict, n in counts.items()), err=True)
    click.echo(f"next visit {trial.next_visit}", err=True)


def _free(config: Path, name: str) -> str:
    names = [name, *(f"{name}-{n}" for n in range(2, 1000))]
    return next(free for free in names if not (config / "sources" / f"{free}.yaml").exists())


def _write(config: Path, name: str, text: str) -> Path:
    """Write a source's file and return its path; raises SpacepactError where it exists, or would be wrong (then nothing is left)."""
    from crawler.source import Source, is_id, load_sources
    from spacepact.errors import ConfigError
    from spacepact.yamlfile import Document

    path = config / "sources" / f"{name}.yaml"
    if not is_id(name):
        raise SpacepactError(f"{name!r} is no id; write lower-case letters, digits and hyphens, like orbit-post")
    new = Document(str(path), text).into(Source)
    for known, other in load_sources(config / "sources")[0].items():
        if set(other.urls) & set(new.urls):
            raise SpacepactError(f"{new.urls[0]} is polled already, by the source {known}")
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        raise SpacepactError(f"{path} exists already; choose another id with --id") from None
    if problems := [p for p in load_sources(config / "sources")[1] if p.file == str(path)]:
        path.unlink()
        raise ConfigError(problems)
    return path
