"""`ckan search`: the configset, and the upkeep of the index."""

from __future__ import annotations

from pathlib import Path

import click

from . import configset as configsets


@click.group()
def search() -> None:
    """The search index: its configset and its upkeep."""


@search.command()
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def configset(folder: Path) -> None:
    """Write the Solr configset into FOLDER, for a Solr or ZooKeeper of your own."""
    click.echo(f"{folder}: {configsets.write(folder)}")
