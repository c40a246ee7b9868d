"""`ckan opengov …`: fills a portal with what a demonstration shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from ckan import model
from ckan.plugins import toolkit

__all__ = ["opengov"]

#: The publisher whose officer and editor the demonstration has, and the one that owns ENSI.
_BODY = "ministry-of-health"
_STATISTICS = "bureau-of-national-statistics"
#: account → role in the publisher: an officer writes drafts, an editor reviews and publishes.
_ROLES = {"officer": "member", "editor": "editor"}


@click.group()
def opengov() -> None:
    """The portal as a whole."""


@opengov.command()
@click.option("--accounts", type=click.Path(exists=True, path_type=Path), required=True, help="JSON: name → password.")
@click.option("--ensi-url", help="Address of an ENSI system to be harvested.")
@click.pass_context
def demo(ctx: click.Context, accounts: Path, ensi_url: str | None) -> None:
    """Fills the portal with publishers, datasets, accounts and a harvest source; once, and again without harm."""
    group = ctx.find_root().command
    for name in ("load-reference", "load-demo"):
        catalogue = group.get_command(ctx, "catalogue")  # type: ignore[attr-defined]
        ctx.invoke(catalogue.get_command(ctx, name))
    passwords = json.loads(accounts.read_text())
    _account("admin", passwords["admin"], sysadmin=True)
    for name, role in _ROLES.items():
        _account(name, passwords[name])
        _call("organization_member_create", {"id": _BODY, "username": name, "role": role})
    click.echo("Accounts are ready")
    if ensi_url:
        _source(ensi_url)
        click.echo("The harvest source of ENSI is ready")


def _account(name: str, password: str, *, sysadmin: bool = False) -> None:
    user = model.User.get(name)
    if user is None:
        email = f"{name}@opengov.example"
        made = _call("user_create", {"name": name, "email": email, "password": password, "fullname": name.title()})
        user = model.User.get(made["id"])
    if user is not None and sysadmin and not user.sysadmin:
        user.sysadmin = True
        model.repo.commit()


def _source(url: str) -> None:
    if model.Package.get("ensi") is not None:
        return
    _call(
        "harvest_source_create",
        {
            "name": "ensi",
            "title": "БНАА · ЕНСИ",
            "notes": "Бірыңғай нормативтік-анықтамалық ақпарат · Единая нормативно-справочная информация",
            "url": url,
            "source_type": "ensi",
            "owner_org": _STATISTICS,
            "frequency": "DAILY",
            "config": json.dumps({"tables": ["KATO"]}),
        },
    )


def _call(action: str, data_dict: dict[str, Any]) -> dict[str, Any]:
    site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})
    return toolkit.get_action(action)({"user": site_user["name"], "ignore_auth": True}, data_dict)
