"""Harvests ENSI's classifiers: each is a dataset with one table, whose items are closed and never deleted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from ckan.plugins import toolkit

from ckanext.opengov_kz.harvesters.base import Table, TableHarvester
from ckanext.opengov_kz.harvesters.ensi import mapping
from ckanext.opengov_kz.harvesters.ensi.client import Classifier, ContractError, EnsiClient
from ckanext.opengov_kz.harvesters.rules import Problem
from ckanext.opengov_kz.harvesters.spool import Spool
from ckanext.opengov_kz.shared.http import GuardedClient

_SAMPLES = 20


class EnsiHarvester(TableHarvester):
    """The unified reference information (ENSI), by the contract that `client.py` states."""

    key = mapping.KEY
    contract_error = ContractError

    def info(self) -> dict[str, str]:
        """What the form of a harvest source shows."""
        return {
            "name": "ensi",
            "title": toolkit._("ENSI classifiers"),
            "description": toolkit._("Classifiers of the unified reference information: KATO, OKED and others"),
        }

    def tables(self, http: GuardedClient, url: str, config: Mapping[str, Any]) -> list[Table]:
        """The classifiers that the source names, or all of them."""
        wanted = set(config.get("tables", []))
        return [
            Table(found.code, found.version, asdict(found))
            for found in _client(http, url).classifiers()
            if not wanted or found.code in wanted
        ]

    def pages(self, http: GuardedClient, url: str, table: Table, spool: Spool) -> Iterator[tuple[int, int, list[Any]]]:
        """The pages of the version that was gathered, from the first one that is not on disk."""
        pages = _client(http, url).pages(table.code, spool.pages() + 1, version=table.version, received=spool.count())
        for page in pages:
            yield page.number, page.pages, list(page.items)

    def row_stream(self, table: Table, items: Iterable[Any], notes: dict[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Rows of the items; an item without a code becomes an empty row, and `notes` tell what was odd.

        The corridor rejects the empty row, and then closes nothing: the item may be any of those that seem absent.
        """
        mapper = mapping.RowMapper(table.code)
        for item in items:
            yield next(mapper.rows([item]), {})
        notes.update(
            {
                "rejections": dict(mapper.rejections),
                "findings": dict(mapper.findings),
                "samples": [asdict(finding) for finding in mapper.finding_samples[:_SAMPLES]],
            }
        )

    def passport(self, table: Table, publisher: str, today: Any) -> dict[str, Any]:
        return mapping.to_dataset(Classifier(**table.about), publisher, today)

    def resource(self, table: Table) -> dict[str, Any]:
        return mapping.to_resource(Classifier(**table.about))

    def fields(self) -> list[dict[str, Any]]:
        return mapping.dictionary()

    def contract_problem(self, error: ContractError) -> Problem:
        return Problem(error.code, error.details)


def _client(http: GuardedClient, url: str) -> EnsiClient:
    return EnsiClient(url, http, page_size=toolkit.config["opengov.harvesting.page_size"])
