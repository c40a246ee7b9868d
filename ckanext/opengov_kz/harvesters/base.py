"""The stages of a harvest that brings tables: one harvest object is one table of an agency's system.

gather: which tables are there → fetch: their pages to disk, with a checkpoint → import: passport, dictionary, and the
rows through the corridor `publishing/rows.py`. An agency's harvester says only what is its own, see `TableHarvester`.
"""

from __future__ import annotations

import errno
import json
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckanext.harvest.model import HarvestGatherError, HarvestObject

from ckanext.opengov_kz.harvesters import kept, liveness, portal, rules, secret
from ckanext.opengov_kz.harvesters.locking import table_lock
from ckanext.opengov_kz.harvesters.rules import Problem, Record, StageError
from ckanext.opengov_kz.harvesters.spool import Spool
from ckanext.opengov_kz.publishing.columns import bring_columns
from ckanext.opengov_kz.publishing.rows import Limits, MergeError, Mode, merge_rows
from ckanext.opengov_kz.publishing.words import publishing_today
from ckanext.opengov_kz.shared.http import GuardedClient, HttpError, InvalidJson, RequestFailed, UrlRefused

_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_BEAT_EVERY_ROWS = 5000
_BEAT_EVERY_SECONDS = 20


@dataclass(frozen=True)
class Table:
    """One table that an agency offers: its code, its version, and what its passport is made from."""

    code: str
    version: str
    about: Mapping[str, Any]


class TableHarvester:
    """What the harvesters of tables share; an agency's plugin derives from it and implements IHarvester.

    It says: `info()`, `tables()` (which there are), `pages()` (the pages of one, from a page on), `row_stream()`
    (pages' items → rows, with notes on what was odd), `passport()`, `resource()`, `fields()` and `key`. Where tables
    differ, it also says `fields_of()`, and where they are not always loaded whole, `planned()` and `mode()`.
    """

    key: tuple[str, ...]
    contract_error: type[Exception]
    #: What the configuration of such a source may say beside `tables`.
    config_keys: frozenset[str] = frozenset()
    #: The tables that every agency of the kind has; one that is missing is told at the source.
    expected: tuple[str, ...] = ()
    #: Statuses that the agency answers when it means "later", beside 429 and 5xx.
    retry_statuses: frozenset[int] = frozenset()

    def info(self) -> dict[str, str]:
        raise NotImplementedError

    def tables(self, http: GuardedClient, url: str, config: Mapping[str, Any]) -> list[Table]:
        """Asks the agency which tables there are; those that the source's configuration names."""
        raise NotImplementedError

    def pages(self, http: GuardedClient, url: str, table: Table, spool: Spool) -> Iterator[tuple[int, int, list[Any]]]:
        """Yields (number, of how many, items) for the pages that the spool does not hold yet."""
        raise NotImplementedError

    def row_stream(self, table: Table, items: Iterable[Any], notes: dict[str, Any]) -> Iterator[Mapping[str, Any]]:
        """Maps items to rows, one each; `notes` receives what was odd, as plain JSON."""
        raise NotImplementedError

    def passport(self, table: Table, publisher: str, today: Any) -> dict[str, Any]:
        raise NotImplementedError

    def resource(self, table: Table) -> dict[str, Any]:
        raise NotImplementedError

    def fields(self) -> list[dict[str, Any]]:
        raise NotImplementedError

    def fields_of(self, table: Table) -> list[dict[str, Any]]:  # noqa: ARG002 - for those whose tables differ
        """The dictionary of one table; the same for all by default."""
        return self.fields()

    def planned(self, source: Record, table: Table) -> Table:  # noqa: ARG002
        """The table with what has to be known for its load, as it is kept in the harvest object."""
        return table

    def mode(self, table: Table) -> Mode:  # noqa: ARG002
        """Whether the pages of a table are all of it (`snapshot`) or what has changed (`delta`)."""
        return "snapshot"

    def limits(self) -> Limits | None:
        """When a merge is held back; by default as the portal is configured."""
        return None

    def check_before_merge(self, resource_id: str, coming: int) -> None:
        """Raises MergeError where so many items that come must not be merged into what is stored."""

    def contract_problem(self, error: Any) -> Problem:
        """Makes a problem of a `contract_error`, the error of the agency's own client."""
        raise NotImplementedError

    def validate_config(self, config: str | None) -> str:
        """The source's configuration: a JSON object, `{"tables": ["KATO"]}` to take only some of the tables."""
        if not config:
            return "{}"
        try:
            given = json.loads(config)
        except ValueError as error:
            raise ValueError(toolkit._("The configuration is not valid JSON")) from error
        if isinstance(given, dict) and (unknown := sorted(set(given) - {"tables", secret.NAME, *self.config_keys})):
            raise ValueError(
                toolkit._("The configuration has no “%(key)s” for this kind of source") % {"key": unknown[0]}
            )
        tables = given.get("tables", []) if isinstance(given, dict) else None
        if not isinstance(tables, list) or not all(isinstance(code, str) and code for code in tables):
            raise ValueError(toolkit._('The configuration must be an object like {"tables": ["KATO"]}'))
        return json.dumps(given, ensure_ascii=False)

    def gather_stage(self, job: Record) -> list[str] | None:
        """Makes one harvest object per table. None: the agency could not be asked, and the job says why."""
        config = json.loads(job.source.config or "{}")
        try:
            with self._errors():
                tables = self.tables(self._http(job.source), job.source.url, config)
        except StageError as failure:
            HarvestGatherError.create(message=failure.problem.as_message(), job=job)
            return None
        found = {table.code for table in tables}
        for code in config.get("tables") or self.expected:
            if code not in found:
                HarvestGatherError.create(message=Problem("no_such_table", {"table": code}).as_message(), job=job)
        identifiers = []
        for table in (self.planned(job.source, found_table) for found_table in tables):
            harvest_object = HarvestObject(guid=f"{job.source.id}:{table.code}", job=job, content=_dump(table))
            harvest_object.save()
            identifiers.append(harvest_object.id)
        return identifiers

    def fetch_stage(self, harvest_object: Record) -> bool:
        """Brings the table's pages to disk, from the first one that is not there."""
        if kept.noted(harvest_object, "report"):
            return True
        table = _load(harvest_object)
        spool = self._spool(harvest_object, table)
        try:
            with table_lock(harvest_object) as beat, self._errors():
                if spool.is_complete:
                    return True
                http = self._http(harvest_object.source, beat)
                progress = {"stage": "fetch", "began": _now(), "rows": 0, "pages": 0}
                for number, of, items in self.pages(http, harvest_object.source.url, table, spool):
                    spool.write(number, items)
                    progress |= {"rows": progress["rows"] + len(items), "pages": progress["pages"] + 1}
                    kept.note(harvest_object, "progress", {**progress, "done": number, "of": of})
                    beat()
                spool.finish()
        except StageError as failure:
            if failure.problem.code in {"version_changed", "version_gone", "total_changed", "total_mismatch"}:
                # What is on disk belongs to a state of the table that no longer exists: the next run begins anew.
                spool.remove()
            return self._failed(harvest_object, failure, "Fetch")
        return True

    def import_stage(self, harvest_object: Record) -> bool | str:
        """Writes the passport and merges the rows; "unchanged" when nothing had to be written.

        The periodic round of ckanext-harvest queues an object once more when it finds it waiting but out of the queue,
        as it is for a moment after a consumer took it. The second message finds the report of the first and keeps it:
        otherwise a first load would read as "nothing changed".
        """
        if report := kept.noted(harvest_object, "report"):
            return True if rules.has_changed(report) else "unchanged"
        table = _load(harvest_object)
        spool = self._spool(harvest_object, table)
        try:
            with table_lock(harvest_object) as beat:
                report = self._import(harvest_object, table, spool, beat)
        except StageError as failure:
            return self._failed(harvest_object, failure, "Import")
        except MergeError as error:
            details = {"reason": error.code, "detail": error.detail}
            kept.fail(harvest_object, Problem("merge_refused", details), "Import")
            return False
        except toolkit.ValidationError as error:
            model.Session.rollback()
            text = json.dumps(error.error_dict, ensure_ascii=False, default=str)
            kept.fail(harvest_object, Problem("refused", {"text": text[:1000]}), "Import")
            return False
        kept.note(harvest_object, "report", report)
        spool.remove()
        return True if rules.has_changed(report) else "unchanged"

    def _import(self, harvest_object: Record, table: Table, spool: Spool, beat: Any) -> dict[str, Any]:
        source = model.Package.get(harvest_object.source.id)
        publisher = source.owner_org if source else None
        if not publisher:
            raise StageError(Problem("no_publisher"))
        today = publishing_today()
        package = portal.ensure_package(self.passport(table, publisher, today))
        fields = self.fields_of(table)
        resource = portal.ensure_resource(package, self.resource(table), fields, self.key)
        columns = bring_columns(resource["id"], fields)
        notes: dict[str, Any] = {}
        if columns.missing or columns.unlike:
            notes["columns"] = {"missing": columns.missing, "unlike": list(columns.unlike)}
        rows = _beating(self.row_stream(table, spool.items(), notes), beat, harvest_object)
        self.check_before_merge(resource["id"], spool.count())
        mode, limits = self.mode(table), self.limits()
        with liveness.patience(liveness.LONGEST_STATEMENT_SECONDS):
            merged = merge_rows(resource["id"], rows, key=self.key, mode=mode, today=today, limits=limits)
        report = merged.as_dict()
        report["notes"] = notes
        if rules.has_changed(report):
            portal.call("package_patch", {"id": package["id"], "last_update": today.isoformat()})
            wanted = self.resource(table)
            if any(resource.get(name) != value for name, value in wanted.items()):
                portal.call("resource_patch", {"id": resource["id"], **wanted})
        kept.make_current(harvest_object, package["id"])
        return report

    @staticmethod
    def _failed(harvest_object: Record, failure: StageError, stage: str) -> bool:
        # The other message about this very object is being worked on: its own end will be the object's.
        if failure.problem.code != "twice":
            kept.fail(harvest_object, failure.problem, stage)
        return False

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Turns the typed errors of clients into problems that can be worded."""
        try:
            yield
        except UrlRefused as error:
            raise StageError(Problem("address_refused", {"reason": error.reason_code})) from error
        except RequestFailed as error:
            details = {"status": error.status} if error.status else {}
            raise StageError(Problem("request_failed", {"reason": error.code, **details})) from error
        except InvalidJson as error:
            raise StageError(Problem("broken_json")) from error
        except HttpError as error:
            raise StageError(Problem("too_large")) from error
        except self.contract_error as error:
            raise StageError(self.contract_problem(error)) from error
        except OSError as error:
            if error.errno not in _DISK_FULL:
                raise
            raise StageError(Problem("disk_full")) from error

    def _http(self, source: Record, beat: Any = None) -> GuardedClient:
        """The client for a source, with its key; while it waits, it gives signs of life."""
        config = toolkit.config
        sealed = json.loads(source.config or "{}").get("api_key")

        def sleep(seconds: float) -> None:
            end = time.monotonic() + seconds
            while (left := end - time.monotonic()) > 0:
                time.sleep(min(left, _BEAT_EVERY_SECONDS))
                if beat:
                    beat()

        try:
            key = secret.key_for(source.url, sealed)
        except secret.Unreadable as error:
            raise StageError(Problem("key_unreadable")) from error
        return GuardedClient(
            allowed_private=config["opengov.http.allowed_private_hosts"],
            timeout=(10, config["opengov.harvesting.request_timeout_seconds"]),
            retries=config["opengov.harvesting.request_attempts"] - 1,
            retry_statuses=self.retry_statuses,
            # In a header, as addresses are written into the logs of every server on the way.
            headers={"X-API-KEY": key} if key else {},
            sleep=sleep,
        )

    @staticmethod
    def _spool(harvest_object: Record, table: Table) -> Spool:
        root = Path(toolkit.config["ckan.storage_path"]) / "harvest-spool"
        return Spool(root, harvest_object.source.id, table.code, table.version)


def _dump(table: Table) -> str:
    return json.dumps(asdict(table), ensure_ascii=False)


def _load(harvest_object: Record) -> Table:
    return Table(**json.loads(harvest_object.content))


def _beating(rows: Iterator[Mapping[str, Any]], beat: Any, harvest_object: Record) -> Iterator[Mapping[str, Any]]:
    """The same rows; now and then a sign of life, and the progress for the source's page."""
    fetched = rules.rows_so_far(kept.noted(harvest_object, "progress") or {})
    progress = {"stage": "import", "unit": "rows", "began": _now(), "done": 0}
    for number, row in enumerate(rows, start=1):
        if number % _BEAT_EVERY_ROWS == 0:
            beat()
            of = max(number, fetched[1]) if fetched else number
            kept.note(harvest_object, "progress", {**progress, "done": number, "of": of})
        yield row


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
