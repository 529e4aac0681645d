"""The command line: data on stdout, talk on stderr; exit 0 fine, 1 what was checked is bad, 2 wrong use."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import click
from sqlalchemy.exc import DBAPIError

from spacepact.cli import deliveries, documents, service
from spacepact.cli.article import article
from spacepact.cli.backfill import backfill
from spacepact.cli.backtest import backtest
from spacepact.cli.channel import channel
from spacepact.cli.demo import demo
from spacepact.cli.expected import expected
from spacepact.cli.explain import explain
from spacepact.cli.options import Context
from spacepact.cli.record import record, records
from spacepact.cli.reprocess import reprocess
from spacepact.cli.schema import schema
from spacepact.cli.silence import silence
from spacepact.cli.source import source
from spacepact.cli.sources import sources
from spacepact.cli.stories import stories
from spacepact.cli.story import story
from spacepact.cli.subscribers import subscribers
from spacepact.cli.why import why
from spacepact.errors import SpacepactError
from spacepact.settings import default_config_dir


class _Commands(click.Group):
    """Turns an error that a person can mend into one line instead of a traceback."""

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except SpacepactError as error:
            click.echo(f"spacepact: {error}", err=True)
            ctx.exit(1)
        except DBAPIError as error:
            from storage import trouble

            click.echo(f"spacepact: database: {trouble(error)}", err=True)
            ctx.exit(1)


EPILOG = """\b
Examples:
  spacepact demo --once            watch the whole job on fictional outlets
  spacepact check                  find every mistake in config/
  spacepact run                    the real service
  spacepact sources --bad          which sources are in trouble, and why
  spacepact crawl nasa esa         one visit to two sources, by hand
  spacepact source add https://agency.example/news
  spacepact explain --text article.txt
  spacepact backtest lunar --since 90d   what a watchlist would have told
  spacepact records --agency jaxa  cooperations over time
  spacepact extract --url https://a.example/x page.html
  spacepact classify --jsonl < articles.jsonl | spacepact match --jsonl
  spacepact channel test desk-mail  send one message, see the receiver's answer
  spacepact subscribers --help     who gets mail
Shell completion: eval "$(_SPACEPACT_COMPLETE=bash_source spacepact)"
"""


@click.group(cls=_Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--config",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    envvar="SPACEPACT_CONFIG",
    help="The config directory.  [default: config/ beside the code]",
)
@click.option("-v", "--verbose", "level", flag_value=logging.DEBUG, type=int, help="Say more on stderr.")
@click.option("-q", "--quiet", "level", flag_value=logging.WARNING, type=int, help="Say only what is wrong.")
@click.version_option(package_name="spacepact")
@click.pass_context
def main(ctx: click.Context, config: Path | None, level: int | None) -> None:
    """Who cooperates with whom in space, on what, at which stage: collected, tagged, alerted once."""
    ctx.obj = Context(config or default_config_dir(), level or logging.INFO)


for _command in (
    service.run,
    service.crawl,
    service.deliver,
    service.check,
    deliveries.deliveries,
    deliveries.replay,
    deliveries.mend,
    expected,
    sources,
    reprocess,
    backfill,
    article,
    source,
    documents.extract,
    documents.classify,
    documents.match,
    stories,
    story,
    records,
    record,
    explain,
    why,
    backtest,
    silence,
    schema,
    demo,
    channel,
    subscribers,
    service.crawl_worker,
):
    main.add_command(_command)

if __name__ == "__main__":
    sys.exit(main())
