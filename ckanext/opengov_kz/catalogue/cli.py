"""The commands `ckan catalogue …`."""

from __future__ import annotations

import click

from ckanext.opengov_kz.catalogue import loading

__all__ = ["catalogue"]


@click.group()
def catalogue() -> None:
    """Fill the catalogue: publishers, categories, demonstration datasets."""


@catalogue.command("load-reference")
def load_reference() -> None:
    """Create or update the shipped categories, regions and publishers."""
    loading.load_reference(click.echo)


@catalogue.command("load-demo")
def load_demo() -> None:
    """Create the demonstration datasets that are not there yet, with their rows."""
    loading.load_demo(click.echo)
