"""Harvests statistical databases: an indicator is a dataset with one table, revised values are closed and kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from ckan.plugins import toolkit

from ckanext.opengov_kz.harvesters.base import Table, TableHarvester
from ckanext.opengov_kz.harvesters.rules import Problem
from ckanext.opengov_kz.harvesters.spool import Spool
from ckanext.opengov_kz.harvesters.statistics import mapping
from ckanext.opengov_kz.harvesters.statistics.client import ContractError, Indicator, StatisticsClient
from ckanext.opengov_kz.publishing.rows import Limits, MergeError
from ckanext.opengov_kz.shared.http import GuardedClient

# When everything is revised at once, every stored row is closed: this is how statistics are published, and no loss.
_REVISIONS = Limits(closed_share=1.0)
# A loss is when fewer values come than are in force: judged before the merge, with the corridor's own measure.
_LOSS = Limits()


class StatisticsHarvester(TableHarvester):
    """A statistical database of a central body, by the contract that `client.py` states."""

    key = mapping.KEY
    contract_error = ContractError

    def info(self) -> dict[str, str]:
        """What the form of a harvest source shows."""
        return {
            "name": "statistics",
            "title": toolkit._("Statistical database"),
            "description": toolkit._("Indicators by period and territory; revised values stay readable"),
        }

    def tables(self, http: GuardedClient, url: str, config: Mapping[str, Any]) -> list[Table]:
        """The indicators that the source names, or all of them."""
        wanted = set(config.get("tables", []))
        return [
            Table(found.code, found.version, asdict(found))
            for found in _client(http, url).indicators()
            if not wanted or found.code in wanted
        ]

    def pages(self, http: GuardedClient, url: str, table: Table, spool: Spool) -> Iterator[tuple[int, int, list[Any]]]:
        """The pages of the version that was gathered, from the first one that is not on disk."""
        for page in _client(http, url).values(table.code, table.version, spool.pages() + 1, spool.count()):
            yield page.number, page.pages, list(page.items)

    def row_stream(self, table: Table, items: Iterable[Any], notes: dict[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Rows of the values, one each; `notes` tell what was odd."""
        indicator, found = Indicator(**table.about), Counter[str]()
        before = None
        for item in items:
            row = mapping.row(item, indicator, found)
            place = (row.get("period"), row.get("kato"))
            if row and place == before:
                found["value_twice"] += 1
            before = place
            yield row
        notes.update({"findings": dict(found), "rejections": {}, "samples": []})

    def passport(self, table: Table, publisher: str, today: Any) -> dict[str, Any]:
        return mapping.dataset(Indicator(**table.about), publisher, today)

    def resource(self, table: Table) -> dict[str, Any]:
        return mapping.resource(Indicator(**table.about))

    def fields(self) -> list[dict[str, Any]]:
        return mapping.dictionary()

    def contract_problem(self, error: ContractError) -> Problem:
        return Problem(error.code, error.details)

    def limits(self) -> Limits:
        """Every stored row may be closed: `check_before_merge` looks for losses."""
        return _REVISIONS

    def check_before_merge(self, resource_id: str, coming: int) -> None:
        """Stops before a publication that holds far fewer values than are in force: a person has to look."""
        asked = {"resource_id": resource_id, "filters": {"status": "active"}, "limit": 0}
        in_force = toolkit.get_action("datastore_search")({"ignore_auth": True}, asked)["total"]
        lost = in_force - coming
        if (coming == 0 or in_force >= _LOSS.from_rows) and lost > in_force * _LOSS.closed_share:
            raise MergeError("closed_limit", str(lost))


def _client(http: GuardedClient, url: str) -> StatisticsClient:
    size = min(toolkit.config["opengov.harvesting.page_size"], 1000)
    return StatisticsClient(url, http, page_size=size)
