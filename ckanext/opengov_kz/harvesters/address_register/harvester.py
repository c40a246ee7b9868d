"""Harvests the Address Register: nine tables, whole at first, then by what was modified, whole from time to time."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckanext.harvest.model import HarvestObject

from ckanext.opengov_kz.harvesters import kept, liveness
from ckanext.opengov_kz.harvesters.address_register import mapping, quality, rules
from ckanext.opengov_kz.harvesters.address_register.client import (
    PAGINGS,
    RETRY_STATUSES,
    TABLES,
    UNDATED,
    AddressRegisterClient,
    Begun,
    ContractError,
)
from ckanext.opengov_kz.harvesters.base import Table, TableHarvester
from ckanext.opengov_kz.harvesters.rules import Problem, Record
from ckanext.opengov_kz.harvesters.spool import Spool
from ckanext.opengov_kz.publishing.rows import Mode
from ckanext.opengov_kz.publishing.words import publishing_today
from ckanext.opengov_kz.shared.http import GuardedClient


class AddressRegisterHarvester(TableHarvester):
    """The Address Register, by the contract that `client.py` states.

    What the last good load of a table left (`rules.State`) stands in the report of its current harvest object: it goes
    when the object goes, and then the table is loaded whole.
    """

    key = mapping.KEY
    contract_error = ContractError
    config_keys = frozenset({"paging", "rate", "full_every_days"})
    expected = TABLES
    retry_statuses = RETRY_STATUSES

    def info(self) -> dict[str, str]:
        """What the form of a harvest source shows."""
        return {
            "name": "address_register",
            "title": toolkit._("Address Register"),
            "description": toolkit._("Territories, streets, land plots, buildings and premises of the country"),
        }

    def validate_config(self, config: str | None) -> str:
        """Beside `tables`: `paging` (cursor or offset), `rate` (requests per second) and `full_every_days`."""
        given = json.loads(super().validate_config(config))
        if given.get("paging", PAGINGS[0]) not in PAGINGS:
            raise ValueError(toolkit._('“paging” in the configuration must be "cursor" or "offset"'))
        for name in ("rate", "full_every_days"):
            value = given.get(name, 0)
            if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
                raise ValueError(
                    toolkit._("“%(name)s” in the configuration must be a number from 0 on") % {"name": name}
                )
        return json.dumps(given, ensure_ascii=False)

    def tables(self, http: GuardedClient, url: str, config: Mapping[str, Any]) -> list[Table]:
        """The tables that the agency has, with the agency's newest date of each."""
        client = _client(http, url, config)
        wanted = config.get("tables") or TABLES
        now = datetime.now(UTC).replace(tzinfo=None)
        found = [code for code in TABLES if code in wanted and client.exists(code)]
        return [
            Table(
                code, "", {"newest": None if code in UNDATED else client.newest(code, now), "config": _public(config)}
            )
            for code in found
        ]

    def planned(self, source: Record, table: Table) -> Table:
        """Decides how the table is to be loaded, from what the last good load left."""
        config = table.about["config"]
        options = toolkit.config
        state = self._state(source.id, table.code)
        plan = rules.plan(
            state,
            table.about["newest"],
            today=publishing_today(),
            full_every_days=config.get(
                "full_every_days", options["opengov.harvesting.address_register.full_every_days"]
            ),
            overlap_minutes=options["opengov.harvesting.address_register.overlap_minutes"],
            exists=quality.resource_of(table.code) is not None,
        )
        about = {**table.about, "kind": plan.kind, "since": plan.since, "state": state.as_dict()}
        return Table(table.code, plan.version, about)

    def pages(self, http: GuardedClient, url: str, table: Table, spool: Spool) -> Iterator[tuple[int, int, list[Any]]]:
        """The pages that are not on disk yet. Those that are keep the date from which the next increment begins."""
        if spool.recall("mark") is None:
            spool.remember("mark", table.about["newest"] or "")
        kept = spool.pages()
        begun = Begun(kept, spool.count(), tuple(spool.page(kept))) if kept else Begun()
        config = table.about["config"]
        pages = _client(http, url, config).pages(
            table.code, since=table.about["since"], begun=begun, paging=config.get("paging", PAGINGS[0])
        )
        for page in pages:
            yield page.number, page.of, page.items

    def row_stream(self, table: Table, items: Iterable[Any], notes: dict[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Rows of the items; one without an identifier becomes an empty row, which the corridor rejects."""
        mapper = mapping.RowMapper(table.code)
        yield from mapper.rows(items)
        notes.update(mapper.notes())

    def mode(self, table: Table) -> Mode:
        """An increment says nothing of the rows that are absent from it."""
        return "snapshot" if table.about["kind"] == "full" else "delta"

    def passport(self, table: Table, publisher: str, today: Any) -> dict[str, Any]:
        return mapping.to_dataset(table.code, publisher, today)

    def resource(self, table: Table) -> dict[str, Any]:
        return mapping.to_resource(table.code)

    def fields_of(self, table: Table) -> list[dict[str, Any]]:
        return mapping.dictionary(table.code)

    def contract_problem(self, error: ContractError) -> Problem:
        return Problem(error.code, error.details)

    def _import(self, harvest_object: Record, table: Table, spool: Spool, beat: Any) -> dict[str, Any]:
        last = quality.stored(table.code)
        report = super()._import(harvest_object, table, spool, beat)
        today = publishing_today()
        mark = spool.recall("mark") or None
        report["state"] = rules.after_load(
            rules.State(**table.about["state"]), table.about["kind"], mark, today
        ).as_dict()
        with liveness.patience(liveness.LONGEST_STATEMENT_SECONDS):
            kept.note(
                harvest_object, "quality", quality.looked_at(table.code, last, table.about["kind"], report["notes"])
            )
        return report

    def _state(self, source_id: str, table: str) -> rules.State:
        current = model.Session.query(HarvestObject).filter_by(guid=f"{source_id}:{table}", current=True).first()
        report = kept.noted(current, "report") if current is not None else None
        return rules.State(**(report or {}).get("state", {}))


def _public(config: Mapping[str, Any]) -> dict[str, Any]:
    """The configuration without what nobody may see: it is kept with every harvest object."""
    return {name: value for name, value in config.items() if name != "api_key"}


def _client(http: GuardedClient, url: str, config: Mapping[str, Any]) -> AddressRegisterClient:
    options = toolkit.config
    return AddressRegisterClient(
        url,
        http,
        page_size=options["opengov.harvesting.address_register.page_size"],
        rate=config.get("rate", options["opengov.harvesting.address_register.requests_per_second"]),
        attempts=options["opengov.harvesting.request_attempts"],
        sleep=http.sleep,
    )
