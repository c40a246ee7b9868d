"""The commands `ckan npa …`."""

from __future__ import annotations

from pathlib import Path
from typing import IO

import click

from ckanext.opengov_kz.npa import archive, demonstration

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


@npa.command("import-archive")
@click.argument("file", type=click.File("r", encoding="utf-8-sig"))
@click.option("--csv", "is_csv", is_flag=True, help="The file is CSV; otherwise it has a JSON record on each line.")
def import_archive(file: IO[str], is_csv: bool) -> None:
    """Take over past acts with their comments from FILE. Stopped, it goes on where it was when called again."""
    result = archive.load(file, is_csv=is_csv, progress=_tell)
    for line, problem in sorted(result.errors.items()):
        click.echo(f"line {line}: {problem}", err=True)
    click.echo(
        f"{result.read} read, {result.made} taken over with {result.comments} comments, {result.known} known before, "
        f"{len(result.errors)} refused"
    )


def _tell(result: archive.Result) -> None:
    click.echo(f"  {result.read} read, {result.made} taken over, {len(result.errors)} refused")
