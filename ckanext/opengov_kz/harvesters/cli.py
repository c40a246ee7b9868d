"""`ckan harvesting …`: the periodic round of all harvests."""

from __future__ import annotations

import time
from typing import Any

import click
from ckan import model
from ckan.plugins import toolkit

__all__ = ["harvesting"]


@click.group()
def harvesting() -> None:
    """Harvesting of agency systems."""


@harvesting.command("run-periodically")
def run_periodically() -> None:
    """Starts due harvests, requeues lost ones, marks the finished ones; again and again.

    A process of its own: ckanext-harvest leaves a job "Running" for ever unless somebody calls this.
    """
    pause = toolkit.config["opengov.harvesting.run_every_seconds"]
    while True:
        site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})
        context: Any = {"user": site_user["name"], "ignore_auth": True, "model": model, "session": model.Session}
        toolkit.get_action("harvest_jobs_run")(context, {})
        # Otherwise the connection stays open in a transaction until the next round.
        model.Session.remove()
        time.sleep(pause)
