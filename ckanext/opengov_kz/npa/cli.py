"""The commands `ckan npa …`."""

from __future__ import annotations

from pathlib import Path

import click

from ckanext.opengov_kz.npa import demonstration

__all__ = ["npa"]


@click.group()
def npa() -> None:
    """Draft legal acts: demonstration, archives of past ones."""


@npa.command("load-demo")
def load_demo() -> None:
    """Create the draft acts of the demonstration that are not there yet, with comments and replies."""
    demonstration.load(click.echo)


@npa.command("write-demo")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def write_demo(folder: Path) -> None:
    """Write the drafts of the demonstration into FOLDER as Word documents, to try the import with."""
    click.echo("\n".join(str(path) for path in demonstration.write(folder)))
