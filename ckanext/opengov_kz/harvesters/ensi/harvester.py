"""Harvests ENSI's classifiers: each is a dataset with one table, whose items are closed and never deleted."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path
from typing import Any

from ckan import model
from ckan.plugins import toolkit

from ckanext.opengov_kz.harvesters.base import Table, TableHarvester
from ckanext.opengov_kz.harvesters.ensi import history, mapping, reading, rules
from ckanext.opengov_kz.harvesters.ensi.client import FORMS, Classifier, ContractError, EnsiClient
from ckanext.opengov_kz.harvesters.rules import Problem, Record
from ckanext.opengov_kz.harvesters.spool import Spool
from ckanext.opengov_kz.publishing.words import publishing_today
from ckanext.opengov_kz.shared.http import GuardedClient

_SAMPLES = 20


class EnsiHarvester(TableHarvester):
    """The unified reference information (ENSI), by the contract that `client.py` states.

    Where the agency offers its feed of changes and the version before is known here, only the changes are fetched. They
    are laid over the stored rows, so that the corridor compares the whole classifier either way, under the same limits.
    """

    key = mapping.KEY
    config_keys = frozenset({"format", "increments"})
    contract_error = ContractError

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        # What `row_stream` found out, for `_import`, which has consumed it: by the code of the table.
        self._sorted: dict[str, tuple[rules.Sorted, list[list[str]]]] = {}

    def info(self) -> dict[str, str]:
        """What the form of a harvest source shows."""
        return {
            "name": "ensi",
            "title": toolkit._("ENSI classifiers"),
            "description": toolkit._("Classifiers of the unified reference information: KATO, OKED and others"),
        }

    def validate_config(self, config: str | None) -> str:
        """Beside `tables`: `format` is json or xml, `increments` false loads each classifier whole every time."""
        given = json.loads(super().validate_config(config))
        if given.get("format", FORMS[0]) not in FORMS:
            raise ValueError(toolkit._('“format” in the configuration must be "json" or "xml"'))
        if given.get("increments", True) not in {True, False}:
            raise ValueError(toolkit._("“increments” in the configuration must be true or false"))
        return json.dumps(given, ensure_ascii=False)

    def tables(self, http: GuardedClient, url: str, config: Mapping[str, Any]) -> list[Table]:
        """The classifiers that the source names, or all of them; with the version to go on from, where one can."""
        wanted = set(config.get("tables", []))
        form = config.get("format", FORMS[0])
        client = _client(http, url, form)
        tables = []
        for found in client.classifiers():
            if wanted and found.code not in wanted:
                continue
            since = _known_version(found) if found.changes and config.get("increments", True) else None
            if since and not client.knows(found.code, since):
                since = None
            tables.append(Table(found.code, found.version, {**asdict(found), "form": form, "since": since}))
        return tables

    def pages(self, http: GuardedClient, url: str, table: Table, spool: Spool) -> Iterator[tuple[int, int, list[Any]]]:
        """The pages of the version that was gathered, from the first one that is not on disk."""
        client = _client(http, url, table.about.get("form", FORMS[0]))
        start, received = spool.pages() + 1, spool.count()
        if since := table.about.get("since"):
            pages = client.changes(table.code, since, start, version=table.version, received=received)
        else:
            pages = client.pages(table.code, start, version=table.version, received=received)
        for page in pages:
            yield page.number, page.pages, list(page.items)

    def row_stream(self, table: Table, items: Iterable[Any], notes: dict[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Rows of the items; an item without a code becomes an empty row, and `notes` tell what was odd.

        The corridor rejects the empty row, and then closes nothing: the item may be any of those that seem absent.
        """
        mapper = mapping.RowMapper(table.code)
        found = rules.Sorted(publishing_today())
        rows: Iterable[mapping.Row | None] = (next(mapper.rows([item]), None) for item in items)
        if table.about.get("since"):
            rows = _laid_over(_resource_id(table.code) or "", rows)
        for row in found.rows(rows):
            yield row or {}
        self._sorted[table.code] = found, found.rings()
        samples = [*found.samples, *mapper.finding_samples][:_SAMPLES]
        notes.update(
            {
                "rejections": dict(mapper.rejections),
                "findings": dict(mapper.findings + found.findings),
                "samples": [asdict(sample) for sample in samples],
                "periods": len(found.others),
            }
        )

    def passport(self, table: Table, publisher: str, today: Any) -> dict[str, Any]:
        return mapping.to_dataset(_classifier(table), publisher, today)

    def resource(self, table: Table) -> dict[str, Any]:
        return mapping.to_resource(_classifier(table))

    def fields(self) -> list[dict[str, Any]]:
        return mapping.dictionary()

    def contract_problem(self, error: ContractError) -> Problem:
        return Problem(error.code, error.details)

    def _import(self, harvest_object: Record, table: Table, spool: Spool, beat: Any) -> dict[str, Any]:
        report = super()._import(harvest_object, table, spool, beat)
        found, rings = self._sorted.pop(table.code)
        resource_id = _resource_id(table.code)
        if resource_id:
            load = history.Load(
                resource_id,
                table.version,
                in_force=mapping.day(table.about.get("valid_from")),
                whole=not table.about.get("since"),
            )
            report["history"] = dict(history.synchronise(load, found, rings, publishing_today()))
        return report

    @staticmethod
    def _spool(harvest_object: Record, table: Table) -> Spool:
        root = Path(toolkit.config["ckan.storage_path"]) / "harvest-spool"
        # Changes since another version are other pages than those of the whole, and so are those of another form.
        parts = (table.version, table.about.get("since"), table.about.get("form"))
        return Spool(root, harvest_object.source.id, table.code, "\n".join(part or "" for part in parts))


def _client(http: GuardedClient, url: str, form: Any) -> EnsiClient:
    return EnsiClient(url, http, page_size=toolkit.config["opengov.harvesting.page_size"], form=form)


def _classifier(table: Table) -> Classifier:
    names = Classifier.__dataclass_fields__
    return Classifier(**{name: value for name, value in table.about.items() if name in names})


def _resource_id(classifier_code: str) -> str | None:
    """The resource with the classifier's table; None before the first load."""
    package = model.Package.get(mapping.dataset_name(classifier_code))
    return reading.table_of(package.id) if package else None


def _known_version(found: Classifier) -> str | None:
    """The version whose changes are to be asked for; None where the classifier has to be loaded whole.

    Whole also once in so many days: a mistake in the agency's feed would otherwise stay for ever.
    """
    resource_id = _resource_id(found.code)
    versions = reading.versions(resource_id) if resource_id else []
    if not versions or not resource_id or not history.is_complete(resource_id):
        return None
    whole = max((version["whole_loaded"] for version in versions if version["whole_loaded"]), default=None)
    oldest = datetime.now(UTC) - timedelta(days=toolkit.config["opengov.harvesting.ensi.whole_every_days"])
    if whole is None or datetime.fromisoformat(whole) < oldest:
        return None
    return versions[0]["version"]


def _laid_over(resource_id: str, changes: Iterable[mapping.Row | None]) -> Iterator[mapping.Row | None]:
    """The stored rows with those of the changes in the place of all rows of the same codes."""
    changed = list(changes)
    codes = {row["code"] for row in changed if row}
    kept = (row for row in history.stored_rows(resource_id) if row["code"] not in codes)
    return chain(kept, changed)
