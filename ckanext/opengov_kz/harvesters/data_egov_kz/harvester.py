"""Moves a portal of the data.egov.kz kind over: one harvest object is one dataset with all of its versions."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit
from ckanext.harvest.model import HarvestGatherError, HarvestObject
from sqlalchemy.dialects.postgresql import JSONB

from ckanext.opengov_kz.harvesters import kept, rules
from ckanext.opengov_kz.harvesters.base import Table, TableHarvester
from ckanext.opengov_kz.harvesters.data_egov_kz import mapping, moving
from ckanext.opengov_kz.harvesters.data_egov_kz.client import CATALOGUE_PAGE, ContractError, PortalClient
from ckanext.opengov_kz.harvesters.data_egov_kz.columns import Shape
from ckanext.opengov_kz.harvesters.data_egov_kz.spooled import Fetched, Head, head_of, rows_by_version, survey
from ckanext.opengov_kz.harvesters.data_egov_kz.texts import Findings, one_line
from ckanext.opengov_kz.harvesters.rules import Problem, Record, StageError
from ckanext.opengov_kz.harvesters.spool import Spool
from ckanext.opengov_kz.publishing.rows import MergeError, merge_rows
from ckanext.opengov_kz.publishing.rules import RejectedRow
from ckanext.opengov_kz.publishing.words import publishing_today
from ckanext.opengov_kz.shared.http import GuardedClient

_FILE = "file"
_SHOWN_TITLE, _SHOWN_REFUSAL = 120, 1000
#: Problems that name their dataset themselves.
_NAMING = frozenset({"version_failed", "deleted_here"})


class DataEgovKzHarvester(TableHarvester):
    """A portal of the data.egov.kz kind, by the contract that `client.py` states.

    Dataset by dataset: the catalogue becomes harvest objects, each is fetched to the spool and then written. What was
    moved is left out of the next run until the old portal changes its entry; what failed is tried again. Datasets that
    disappear from the old portal stay here.
    """

    config_keys = frozenset({"versions", "requests_per_second", "again"})
    contract_error = ContractError

    def info(self) -> dict[str, str]:
        """What the form of a harvest source shows."""
        return {
            "name": "data_egov_kz",
            "title": toolkit._("A portal of the data.egov.kz kind"),
            "description": toolkit._(
                "Moves the catalogue, publishers, tables, files and versions of an open-data portal"
            ),
        }

    def validate_config(self, config: str | None) -> str:
        """The source's configuration, a JSON object; all keys may be left out.

        `tables` (a list of apiUri) moves only some datasets; `versions` (from 1) so many of each dataset's newest, all
        by default; `requests_per_second` bounds the rate; `again` (true) moves what was moved already as well.
        """
        checked = super().validate_config(config)
        given = json.loads(checked)
        versions = given.get("versions")
        if versions is not None and not (_is_number(versions) and isinstance(versions, int) and versions > 0):
            raise ValueError(toolkit._("“versions” must be a whole number from 1 on"))
        rate = given.get("requests_per_second")
        if rate is not None and not (_is_number(rate) and rate > 0):
            raise ValueError(toolkit._("“requests_per_second” must be a number above 0"))
        if not isinstance(given.get("again", False), bool):
            raise ValueError(toolkit._("“again” must be true or false"))  # noqa: TRY004 - what the form of ckanext-harvest catches
        return checked

    def gather_stage(self, job: Record) -> list[str] | None:
        """Makes one harvest object per dataset that is new or has changed.

        A page of the catalogue that can't be had and an item that can't be used are told on a line each. None: the
        portal could not be asked at all.
        """
        config = json.loads(job.source.config or "{}")
        try:
            with self._errors():
                client = _client(self._http(job.source), job.source.url, config)
                pages = -(-client.total() // CATALOGUE_PAGE)
        except StageError as failure:
            HarvestGatherError.create(message=failure.problem.as_message(), job=job)
            return None
        gathered = _Gathered(job, config)
        number, is_full = 1, True
        # The catalogue may grow while it is read.
        while number <= pages or is_full:
            try:
                with self._errors():
                    items = client.catalogue_page(number)
            except StageError as failure:
                details = {"page": number, "problem": failure.problem.code}
                HarvestGatherError.create(message=Problem("catalogue_page", details).as_message(), job=job)
                is_full = False
            else:
                new = gathered.add(items)
                is_full = len(items) >= CATALOGUE_PAGE and new > 0
            number += 1
        gathered.tell_what_was_not_found()
        return gathered.ids

    def pages(self, http: GuardedClient, url: str, table: Table, spool: Spool) -> Iterator[tuple[int, int, list[Any]]]:
        """The dataset's pages that the spool does not hold yet: for each version what is known of it, then its rows.

        An older version that can't be had is noted in its place, so that the others are moved.
        """
        client = _client(http, url, table.about["config"])
        state = Fetched(spool)
        uri = table.code
        if state.plan is None:
            names = list(client.versions(uri).names)
            plan: Head = {"versions": names[: table.about["config"].get("versions")]}
            if not names:
                plan = self._file(client, uri, plan)
            state.plan = plan
            yield 1, 1, [plan, []]
        names = state.plan["versions"]
        number = max(1, spool.pages())
        for place, version in enumerate(names):
            if version in state.ended:
                continue
            try:
                with self._errors():
                    for head, rows in self._version(client, uri, version, state):
                        number += 1
                        yield number, number + len(names) - place - 1, [head, rows]
            except StageError as failure:
                if place == 0:
                    raise
                number += 1
                yield number, number, [{"version": version, "failed": failure.problem.as_message(), "end": True}, []]

    @staticmethod
    def _file(client: PortalClient, uri: str, plan: Head) -> Head:
        found = client.file(uri)
        if found is None:
            return plan
        name, content = found
        return {**plan, "file": name, "content": base64.b64encode(content).decode()}

    @staticmethod
    def _version(client: PortalClient, uri: str, version: str, state: Fetched) -> Iterator[tuple[Head, list[Any]]]:
        done, total = state.rows.get(version, 0), state.totals.get(version)
        if version not in state.rows:
            meta = client.meta(uri, version)
            fields = meta.get("fields") if meta else None
            yield {"version": version, "fields": fields if isinstance(fields, dict) else None}, []
        for page in client.rows(uri, version, done, total):
            yield head_of(version, page), list(page.rows)
        yield {"version": version, "end": True}, []

    def _import(self, harvest_object: Record, table: Table, spool: Spool, beat: Any) -> dict[str, Any]:
        with moving.few_commits(harvest_object):
            try:
                return self._write(harvest_object, table, spool, beat)
            except toolkit.ValidationError as error:
                model.Session.rollback()
                text = json.dumps(error.error_dict, ensure_ascii=False, default=str)
                raise StageError(Problem("refused", {"text": text[:_SHOWN_REFUSAL]})) from error

    @classmethod
    def _failed(cls, harvest_object: Record, failure: StageError, stage: str) -> bool:
        """Names the dataset in its line: a source has thousands of them."""
        why = failure.problem
        if why.code not in _NAMING | {"twice"}:
            uri = json.loads(harvest_object.content)["code"]
            failure = StageError(Problem("dataset_failed", {**why.details, "table": uri, "because": why.code}))
        return super()._failed(harvest_object, failure, stage)

    def _write(self, harvest_object: Record, table: Table, spool: Spool, beat: Any) -> dict[str, Any]:
        source = model.Package.get(harvest_object.source.id)
        fallback = source.owner_org if source else None
        if not fallback:
            raise StageError(Problem("no_publisher"))
        found = Findings()
        source_id, uri, item = harvest_object.source.id, table.code, table.about["item"]
        today = publishing_today()
        host = urlsplit(harvest_object.source.url).hostname or ""
        passport = mapping.dataset(item, host, today, found)
        passport["owner_org"] = moving.ensure_publisher(item, source_id, fallback, found)
        plan, shapes, failed = survey(spool, found)
        dataset_id = mapping.dataset_id(source_id, uri)
        resources = _resources(plan, source_id, uri, shapes)
        made = moving.ensure_dataset(dataset_id, uri, passport, resources)
        if _FILE in plan:
            file = {"id": mapping.resource_id(source_id, uri, _FILE), **mapping.file_resource(plan[_FILE])}
            moving.ensure_file(dataset_id, file, plan[_FILE], base64.b64decode(plan["content"]))
        elif not resources:
            found["no_data"] += 1
        totals: dict[str, Any] = dict.fromkeys(rules.COUNTS, 0)
        rejected: list[Any] = []
        for version, rows in rows_by_version(spool, shapes, beat):
            report = self._merge(mapping.resource_id(source_id, uri, version), shapes[version], rows, today)
            if isinstance(report, Problem):
                failed[version] = report
                continue
            for name in rules.COUNTS:
                totals[name] += report[name]
            rejected += report["errors"]
            beat()
        if failed:
            # What could be moved is there; the next run asks for all of it again.
            harvest_object.package_id = dataset_id
            harvest_object.save()
            spool.remove()
            *others, last = [
                Problem("version_failed", {**why.details, "table": uri, "version": version, "because": why.code})
                for version, why in failed.items()
            ]
            for problem in others:
                kept.fail(harvest_object, problem, "Import")
            raise StageError(last)
        kept.make_current(harvest_object, dataset_id)
        notes = {"findings": dict(found), "rejections": {}, "versions": len(shapes), "created": made}
        return {**totals, "errors": rejected, "notes": notes}

    @staticmethod
    def _merge(resource_id: str, shape: Shape, rows: Iterator[dict[str, Any]], today: Any) -> dict[str, Any] | Problem:
        moving.ensure_table(resource_id, shape.fields(), [shape.row_id])
        try:
            return merge_rows(
                resource_id, rows, key=[shape.row_id], mode="snapshot", today=today, on_reject=_refuse_repetitions
            ).as_dict()
        except MergeError as error:
            if error.code == "rows_twice":
                return Problem("rows_twice", {"detail": error.detail})
            return Problem("merge_refused", {"reason": error.code, "detail": error.detail})

    def contract_problem(self, error: ContractError) -> Problem:
        return Problem(error.code, error.details)


class _Gathered:
    """Harvest objects of a job, each dataset once; a gather that was killed and begins again finds its own."""

    def __init__(self, job: Record, config: Mapping[str, Any]) -> None:
        self._job = job
        self._config = {key: config[key] for key in ("versions", "requests_per_second") if key in config}
        self._wanted = set(config.get("tables", []))
        self._moved = {} if config.get("again") else _moved(job.source.id)
        begun = model.Session.query(HarvestObject.guid, HarvestObject.id).filter_by(harvest_job_id=job.id)
        self._begun = dict(begun.tuples().all())
        self._seen: set[str] = set()
        self.ids: list[str] = []

    def add(self, items: tuple[Any, ...]) -> int:
        """Takes a page of the catalogue; how many of its datasets had not been seen."""
        fresh = 0
        for item in items:
            uri = mapping.api_uri(item)
            if uri is None:
                self._tell("item_without_address", item)
                continue
            if uri in self._seen:
                self._tell("address_twice", item, table=uri)
                continue
            self._seen.add(uri)
            fresh += 1
            if not self._wanted or uri in self._wanted:
                self._gather(uri, item)
        model.Session.commit()
        return fresh

    def tell_what_was_not_found(self) -> None:
        """One line for each dataset that the configuration names and the catalogue has not."""
        for uri in sorted(self._wanted - self._seen):
            HarvestGatherError.create(message=Problem("no_such_table", {"table": uri}).as_message(), job=self._job)

    def _gather(self, uri: str, item: Mapping[str, Any]) -> None:
        guid, version = f"{self._job.source.id}:{uri}", mapping.fingerprint(item)
        if self._moved.get(guid) == version:
            return
        if guid in self._begun:
            self.ids.append(self._begun[guid])
            return
        table = Table(uri, version, {"item": item, "config": self._config})
        content = json.dumps(asdict(table), ensure_ascii=False)
        harvest_object: Record = HarvestObject(guid=guid, job=self._job, content=content)
        model.Session.add(harvest_object)
        model.Session.flush()
        self.ids.append(harvest_object.id)

    def _tell(self, code: str, item: Any, **details: str) -> None:
        title, number = "", ""
        if isinstance(item, Mapping):
            title = one_line(item.get("nameRu")) or one_line(item.get("nameKk"))
            number = str(item.get("id") or "")
        details |= {"title": title[:_SHOWN_TITLE], "id": number[:_SHOWN_TITLE]}
        HarvestGatherError.create(message=Problem(code, details).as_message(), job=self._job)


def _client(http: GuardedClient, url: str, config: Mapping[str, Any]) -> PortalClient:
    rate = config.get("requests_per_second") or toolkit.config["opengov.data_egov_kz.requests_per_second"]
    size = toolkit.config["opengov.harvesting.page_size"]
    return PortalClient(url, http, page_size=size, before_request=_pace(url, rate))


def _pace(url: str, per_second: float) -> Callable[[], None]:
    """Waits until the portal may be asked again, however many consumers are asking it."""
    connection: Any = connect_to_redis()
    key = f"opengov:pace:{urlsplit(url).netloc}"
    pause = max(1, round(1000 / per_second))

    def wait() -> None:
        while not connection.set(key, 1, nx=True, px=pause):
            left = connection.pttl(key)
            time.sleep(max(left, 1) / 1000)

    return wait


def _moved(source_id: str) -> dict[str, str]:
    """For each guid the state of the catalogue's entry with which its dataset was moved last."""
    version = sa.cast(HarvestObject.content, JSONB)["version"].astext
    query = sa.select(HarvestObject.guid, version).where(
        HarvestObject.harvest_source_id == source_id, HarvestObject.current.is_(True)
    )
    return dict(model.Session.execute(query).tuples().all())


def _resources(plan: Head, source_id: str, uri: str, shapes: Mapping[str, Shape]) -> list[dict[str, Any]]:
    return [
        {"id": mapping.resource_id(source_id, uri, version), **mapping.table_resource(version)}
        for version in plan["versions"]
        if version in shapes
    ]


def _refuse_repetitions(row: RejectedRow) -> None:
    """Stops the merge when a row came twice: as many rows came as there are, so another one is missing."""
    if row.reason == "duplicate":
        raise MergeError("rows_twice", row.value or "")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
