"""The commands `ckan publishing …`."""

from __future__ import annotations

import click

from . import exports_queue
from .exports import ExportError

__all__ = ["publishing"]


@click.group()
def publishing() -> None:
    """Tables and their prepared downloads."""


@publishing.command()
@click.argument("resource_id")
def export(resource_id: str) -> None:
    """Prepare the files of the table of RESOURCE_ID now, and show them with their checksums."""
    try:
        manifest = exports_queue.prepare(resource_id)
    except ExportError as error:
        raise click.ClickException(f"{error.code}: {error.detail}".rstrip(": ")) from error
    click.echo(f"{manifest['rows']} rows of {manifest['taken']}")
    for file in manifest["files"]:
        click.echo(f"{file['bytes']:>15,}  {file['sha256']}  {file['name']}")


@publishing.command("export-all")
def export_all() -> None:
    """Queue the tables whose files are of an older state, and remove files of what is no longer there."""
    done = exports_queue.clean()
    click.echo(f"queued {len(done['queued'])}, removed {len(done['removed'])}")
