"""`ckan opengov …`: fills a portal with what a demonstration shows."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click
from ckan import model
from ckan.plugins import toolkit

__all__ = ["opengov"]

#: The publisher whose officer and editor the demonstration has, and those that own the agencies' systems.
_BODY = "ministry-of-health"
_STATISTICS = "bureau-of-national-statistics"
_DIGITAL = "ministry-of-digital-development"
#: account → role in the publisher: an officer writes drafts, an editor reviews and publishes.
_ROLES = {"officer": "member", "editor": "editor"}


#: Harvest sources of the demonstration, by name.
_SOURCES: dict[str, dict[str, str]] = {
    "ensi": {
        "title": "БНАА · ЕНСИ",
        "notes": "Бірыңғай нормативтік-анықтамалық ақпарат · Единая нормативно-справочная информация",
        "source_type": "ensi",
        "owner_org": _STATISTICS,
        "frequency": "DAILY",
        "config": json.dumps({"tables": ["KATO"]}),
    },
    "ar": {
        "title": "МТ · АР",
        "notes": "Мекенжай тіркелімі · Адресный регистр",
        "source_type": "address_register",
        "owner_org": _DIGITAL,
        # The agency changes every few minutes, and the demonstration shows it.
        "frequency": "ALWAYS",
    },
    "egov": {
        "title": "data.egov.kz",
        "notes": "Бұрынғы ашық деректер порталы · Прежний портал открытых данных",
        "source_type": "data_egov_kz",
        "owner_org": _DIGITAL,
        "frequency": "WEEKLY",
    },
    "statistics": {
        "title": "Талдау",
        "notes": "Статистикалық деректер базасы · База статистических данных",
        "source_type": "statistics",
        "owner_org": _STATISTICS,
        "frequency": "HOURLY",
    },
}


@click.group()
def opengov() -> None:
    """The portal as a whole."""


@opengov.command()
@click.option("--accounts", type=click.Path(exists=True, path_type=Path), required=True, help="JSON: name → password.")
@click.argument("agencies", nargs=-1, metavar="[NAME=URL]...")
@click.pass_context
def demo(ctx: click.Context, accounts: Path, agencies: tuple[str, ...]) -> None:
    """Fills the portal with publishers, datasets, accounts and harvest sources; once, and again without harm.

    Each NAME=URL is an agency's system to be harvested: ensi, ar, egov or statistics.
    """
    addresses = dict(agency.split("=", 1) for agency in agencies)
    if unknown := set(addresses) - set(_SOURCES):
        raise click.BadParameter(f"{min(unknown)} is none of {', '.join(_SOURCES)}")
    group = ctx.find_root().command
    for name in ("load-reference", "load-demo"):
        catalogue = group.get_command(ctx, "catalogue")  # type: ignore[attr-defined]
        ctx.invoke(catalogue.get_command(ctx, name))
    ctx.invoke(group.get_command(ctx, "npa").get_command(ctx, "load-demo"))  # type: ignore[attr-defined]
    passwords = json.loads(accounts.read_text())
    _account("admin", passwords["admin"], sysadmin=True)
    for name, role in _ROLES.items():
        _account(name, passwords[name])
        for body in (_BODY, _DIGITAL):
            _call("organization_member_create", {"id": body, "username": name, "role": role})
    click.echo("Accounts are ready")
    for name, url in addresses.items():
        if model.Package.get(name) is None:
            _call("harvest_source_create", {"name": name, "url": url, "config": "", **_SOURCES[name]})
        click.echo(f"The harvest source {name} is ready")


def _account(name: str, password: str, *, sysadmin: bool = False) -> None:
    user = model.User.get(name)
    if user is None:
        email = f"{name}@opengov.example"
        made = _call("user_create", {"name": name, "email": email, "password": password, "fullname": name.title()})
        user = model.User.get(made["id"])
    if user is not None and sysadmin and not user.sysadmin:
        user.sysadmin = True
        model.repo.commit()


def _call(action: str, data_dict: dict[str, Any]) -> dict[str, Any]:
    site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})
    return toolkit.get_action(action)({"user": site_user["name"], "ignore_auth": True}, data_dict)
