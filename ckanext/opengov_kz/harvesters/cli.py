"""`ckan harvesting …`: the processes of all harvests."""

from __future__ import annotations

import time
from typing import Any

import click
from ckan import model
from ckan.plugins import toolkit

from ckanext.opengov_kz.harvesters import consumers

__all__ = ["harvesting"]


@click.group()
def harvesting() -> None:
    """Harvesting of agency systems."""


@harvesting.command("run-periodically")
@click.pass_context
def run_periodically(ctx: click.Context) -> None:
    """Plans runs, queues lost work again, marks what is over, tells owners; again and again.

    A process of its own: ckanext-harvest leaves a job "Running" for ever unless somebody calls this.
    """
    pause = toolkit.config["opengov.harvesting.run_every_seconds"]
    while True:
        # Mails are templates, and templates want a request.
        with ctx.meta["flask_app"].test_request_context():
            site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})
            context: Any = {"user": site_user["name"], "ignore_auth": True, "model": model, "session": model.Session}
            toolkit.get_action("harvest_jobs_run")(context, {})
            # Otherwise the connection stays open in a transaction until the next round.
            model.Session.remove()
        time.sleep(pause)


@harvesting.command("gather-consumer")
def gather_consumer() -> None:
    """Asks agencies which tables there are; instead of `ckan harvester gather-consumer`."""
    consumers.gather_forever()


@harvesting.command("fetch-consumer")
def fetch_consumer() -> None:
    """Loads tables, one of each source at a time; instead of `ckan harvester fetch-consumer`. Any number may run."""
    consumers.fetch_forever()
