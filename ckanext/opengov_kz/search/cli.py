"""`ckan search`: the configset, and the upkeep of the index."""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from typing import Any, NoReturn

import click
from ckan.plugins import toolkit

from . import configset as configsets
from . import cores, notes, rebuilding, rules

__all__ = ["search"]

_SITE: Any = {"ignore_auth": True}


@click.group()
def search() -> None:
    """The search index: its configset and its upkeep."""


@search.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def configset(folder: Path) -> None:
    """Write the Solr configset into FOLDER, for a Solr or ZooKeeper of your own."""
    click.echo(f"{folder}: {configsets.write(folder)}")


@search.command()
@click.option("--background", is_flag=True, help="As a job of the queue; `ckan search status` tells how far it is.")
@click.option("--fresh", is_flag=True, help="Begin anew instead of going on with a rebuild that was stopped.")
def rebuild(background: bool, fresh: bool) -> None:
    """Index everything into a second core, which then takes the place of the portal's.

    Searches go on meanwhile. Ctrl-C or SIGTERM stops it; the same command goes on where it stopped.
    """
    if background:
        queued = toolkit.get_action("search_index_rebuild")(_SITE, {"fresh": fresh})["queued"]
        click.echo("The rebuild is in the queue." if queued else "A rebuild waits in the queue already.")
        return
    signal.signal(signal.SIGTERM, _interrupt)
    try:
        told = rebuilding.rebuild(fresh=fresh, progress=_progress)
    except (rebuilding.NotPossibleError, cores.CoreError) as error:
        raise click.ClickException(str(error)) from error
    except notes.BusyError as error:
        raise click.ClickException("A rebuild or a comparison is going on; `ckan search status` shows it.") from error
    except KeyboardInterrupt:
        click.echo("\nStopped; `ckan search rebuild` goes on from here.")
        sys.exit(130)
    _tell_failed(told["failed"])
    if told["state"] != "finished":
        raise click.ClickException(told["message"])
    click.echo(f"{told['total']} datasets, from {told['began']} to {told['ended']} UTC.")


@search.command()
@click.option("--dry-run", is_flag=True, help="Only tell what differs.")
def compare(dry_run: bool) -> None:
    """Compare the database with the index and mend what differs."""
    try:
        report = toolkit.get_action("search_index_compare")(_SITE, {"dry_run": dry_run})
    except toolkit.ValidationError as error:
        raise click.ClickException("; ".join(error.error_summary.values())) from error
    if report.get("error"):
        raise click.ClickException(report["error"])
    _tell_report(report)


@search.command()
def status() -> None:
    """Show the configset's versions, the last rebuild and the last comparison."""
    found = toolkit.get_action("search_index_report_show")(_SITE, {})
    schema = found["schema"]
    click.echo(f"configset  {schema['expected']} (of the extension)")
    click.echo(f"           {schema['actual'] or schema['error']} (of Solr){'' if schema['matches'] else '  MISMATCH'}")
    last = found["rebuild"]
    if last:
        done = f"{last.get('done', 0)} of {last.get('total', 0)}"
        click.echo(f"rebuild    {last['state']}, {done}, began {last['began']} UTC")
        if last["message"]:
            click.echo(f"           {last['message']}")
        _tell_failed(last.get("failed") or {"count": 0})
    if found["report"]:
        click.echo(f"comparison {found['report']['ended']} UTC")
        _tell_report(found["report"])


def _tell_report(report: dict[str, Any]) -> None:
    if report.get("error"):
        click.echo(f"  {report['error']}")
        return
    click.echo(f"  {report['datasets']} datasets, {report['documents']} documents")
    for kind in (*rules.KINDS, "failed"):
        names = ", ".join(report[kind]["names"])
        click.echo(f"  {kind}: {report[kind]['count']}{f' ({names})' if names else ''}")


def _tell_failed(failed: dict[str, Any]) -> None:
    if failed["count"]:
        click.echo(f"{failed['count']} datasets could not be indexed:\n  " + "\n  ".join(failed["names"]))


def _progress(done: int, total: int) -> None:
    # One line that changes for a person; lines of their own in a log.
    click.echo(f"\r{done} of {total}", nl=not sys.stdout.isatty() or done == total)


def _interrupt(_number: int, _frame: object) -> NoReturn:
    raise KeyboardInterrupt
