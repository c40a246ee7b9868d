"""The stages of a harvest that brings tables: one harvest object is one table of an agency's system.

gather: which tables are there → fetch: their pages to disk, with a checkpoint → import: passport, dictionary, and the
rows through the corridor `publishing/rows.py`. An agency's harvester says only what is its own, see `TableHarvester`.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ckan import model
from ckan.lib.redis import connect_to_redis
from ckan.plugins import toolkit
from ckanext.harvest.model import (
    HarvestGatherError,
    HarvestObject,
    HarvestObjectError,
    HarvestObjectExtra,
)
from ckanext.harvest.queue import get_fetch_routing_key
from redis.exceptions import LockNotOwnedError

from ckanext.opengov_kz.harvesters import liveness, rules, secret
from ckanext.opengov_kz.harvesters.rules import Problem, Record
from ckanext.opengov_kz.harvesters.spool import Spool
from ckanext.opengov_kz.publishing.rows import Limits, MergeError, Mode, merge_rows
from ckanext.opengov_kz.publishing.words import publishing_today
from ckanext.opengov_kz.shared.http import GuardedClient, HttpError, InvalidJson, RequestFailed, UrlRefused

log = logging.getLogger(__name__)

#: Shorter than the 180 seconds after which ckanext-harvest queues an object again: the lock of a consumer that was
#: killed is then free when its object comes back.
_LOCK_SECONDS = 120
_BEAT_EVERY_ROWS = 5000
_BEAT_EVERY_SECONDS = 20
#: A statement that PostgreSQL works on longer than this is taken for one that hangs.
_LONGEST_STATEMENT_SECONDS = 2 * 3600


@dataclass(frozen=True)
class Table:
    """One table that an agency offers: its code, its version, and what its passport is made from."""

    code: str
    version: str
    about: Mapping[str, Any]


class StageError(Exception):
    """A stage cannot go on; the problem is shown at the source."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.code)
        self.problem = problem


class TableHarvester:
    """What the harvesters of tables share; an agency's plugin derives from it and implements IHarvester.

    It says: `info()`, `tables()` (which there are), `pages()` (the pages of one, from a page on), `row_stream()`
    (pages' items → rows, with notes on what was odd), `passport()`, `resource()`, `fields()` and `key`. Where tables
    differ, it also says `fields_of()`, and where they are not always loaded whole, `planned()` and `mode()`.
    """

    key: tuple[str, ...]
    contract_error: type[Exception]
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
        if _read_note(harvest_object, "report"):
            return True
        table = _load(harvest_object)
        spool = self._spool(harvest_object, table)
        try:
            with self._lock(harvest_object) as beat, self._errors():
                if spool.is_complete:
                    return True
                http = self._http(harvest_object.source, beat)
                progress = {"stage": "fetch", "began": _now(), "rows": 0, "pages": 0}
                for number, of, items in self.pages(http, harvest_object.source.url, table, spool):
                    spool.write(number, items)
                    progress |= {"rows": progress["rows"] + len(items), "pages": progress["pages"] + 1}
                    _note(harvest_object, "progress", {**progress, "done": number, "of": of})
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
        if report := _read_note(harvest_object, "report"):
            return True if rules.has_changed(report) else "unchanged"
        table = _load(harvest_object)
        spool = self._spool(harvest_object, table)
        try:
            with self._lock(harvest_object) as beat:
                report = self._import(harvest_object, table, spool, beat)
        except StageError as failure:
            return self._failed(harvest_object, failure, "Import")
        except MergeError as error:
            details = {"reason": error.code, "detail": error.detail}
            _fail(harvest_object, Problem("merge_refused", details), "Import")
            return False
        except toolkit.ValidationError as error:
            model.Session.rollback()
            text = json.dumps(error.error_dict, ensure_ascii=False, default=str)
            _fail(harvest_object, Problem("refused", {"text": text[:1000]}), "Import")
            return False
        _note(harvest_object, "report", report)
        spool.remove()
        return True if rules.has_changed(report) else "unchanged"

    def _import(self, harvest_object: Record, table: Table, spool: Spool, beat: Any) -> dict[str, Any]:
        source = model.Package.get(harvest_object.source.id)
        publisher = source.owner_org if source else None
        if not publisher:
            raise StageError(Problem("no_publisher"))
        today = publishing_today()
        package = _ensure_package(self.passport(table, publisher, today))
        resource = _ensure_resource(package, self.resource(table), self.fields_of(table), self.key)
        notes: dict[str, Any] = {}
        rows = _beating(self.row_stream(table, spool.items(), notes), beat, harvest_object)
        self.check_before_merge(resource["id"], spool.count())
        mode, limits = self.mode(table), self.limits()
        with self.alive(beat):
            merged = merge_rows(resource["id"], rows, key=self.key, mode=mode, today=today, limits=limits)
        report = merged.as_dict()
        report["notes"] = notes
        if rules.has_changed(report):
            _call("package_patch", {"id": package["id"], "last_update": today.isoformat()})
            wanted = self.resource(table)
            if any(resource.get(name) != value for name, value in wanted.items()):
                _call("resource_patch", {"id": resource["id"], **wanted})
        _make_current(harvest_object, package["id"])
        return report

    @staticmethod
    def _failed(harvest_object: Record, failure: StageError, stage: str) -> bool:
        # The other message about this very object is being worked on: its own end will be the object's.
        if failure.problem.code != "twice":
            _fail(harvest_object, failure.problem, stage)
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

    @contextmanager
    def _lock(self, harvest_object: Record) -> Iterator[Any]:
        """One consumer per table. Yields a function to be called now and then, by which it stays ours."""
        connection: Any = connect_to_redis()
        name = f"opengov:harvesting:{harvest_object.guid}"
        # Not of one thread: `alive` holds it from another.
        lock = connection.lock(name, timeout=_LOCK_SECONDS, blocking=False, thread_local=False)
        holder = f"opengov:harvesting:{harvest_object.guid}:object"
        if not lock.acquire():
            same = (connection.get(holder) or b"").decode() == harvest_object.id
            raise StageError(Problem("twice" if same else "already_running"))
        connection.set(holder, harvest_object.id)
        pending = f"{get_fetch_routing_key()}:{harvest_object.id}"

        def beat() -> None:
            liveness.advance()
            try:
                lock.reacquire()
            except LockNotOwnedError as error:
                # Redis was emptied, or this process slept for minutes: go on, unless another has begun meanwhile.
                if not lock.acquire():
                    raise StageError(Problem("already_running")) from error
                connection.set(holder, harvest_object.id)
            # ckanext-harvest compares this with datetime.now() and requeues what is older than three minutes.
            connection.set(pending, str(datetime.now()))  # noqa: DTZ005

        try:
            yield beat
        finally:
            try:
                lock.release()
            except LockNotOwnedError:
                log.warning("The lock of %s had expired before its stage ended", harvest_object.guid)

    @staticmethod
    @contextmanager
    def alive(beat: Any) -> Iterator[None]:
        """Gives signs of life while PostgreSQL works for minutes on one statement: comparison, insertion, indexes."""
        over = threading.Event()
        until = time.monotonic() + _LONGEST_STATEMENT_SECONDS

        def keep() -> None:
            with suppress(LockNotOwnedError, StageError):
                while not over.wait(_BEAT_EVERY_SECONDS) and time.monotonic() < until:
                    beat()

        keeper = threading.Thread(target=keep, daemon=True)
        keeper.start()
        try:
            yield
        finally:
            over.set()
            keeper.join()

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
    def note(harvest_object: Record, key: str, value: Mapping[str, Any]) -> None:
        """Keeps a JSON note at a harvest object; the last one of each key stays."""
        _note(harvest_object, key, value)

    @staticmethod
    def noted(harvest_object: Record, key: str) -> dict[str, Any] | None:
        """Reads a note back; None if there is none."""
        return _read_note(harvest_object, key)

    @staticmethod
    def _spool(harvest_object: Record, table: Table) -> Spool:
        root = Path(toolkit.config["ckan.storage_path"]) / "harvest-spool"
        return Spool(root, harvest_object.source.id, table.code, table.version)


def _dump(table: Table) -> str:
    return json.dumps(asdict(table), ensure_ascii=False)


def _load(harvest_object: Record) -> Table:
    return Table(**json.loads(harvest_object.content))


def _call(action: str, data_dict: dict[str, Any]) -> dict[str, Any]:
    """Calls an action as the portal itself; what it publishes may lack a language."""
    site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})
    context: Any = {"user": site_user["name"], "ignore_auth": True, "opengov_import": True}
    return toolkit.get_action(action)(context, data_dict)


def _ensure_package(wanted: dict[str, Any]) -> dict[str, Any]:
    """The dataset of a table; made if it is not there, left as its publisher edited it otherwise."""
    try:
        return _call("package_show", {"id": wanted["name"]})
    except toolkit.ObjectNotFound:
        groups = [group for group in wanted.get("groups", []) if model.Group.get(group["name"])]
        return _call("package_create", {**wanted, "groups": groups, "private": False})


def _ensure_resource(
    package: dict[str, Any], wanted: dict[str, Any], fields: list[dict[str, Any]], key: Iterable[str]
) -> dict[str, Any]:
    """The dataset's table, with its dictionary."""
    for resource in package["resources"]:
        if resource.get("datastore_active"):
            return resource
    made = _call(
        "datastore_create",
        {
            "resource": {"package_id": package["id"], **wanted},
            "fields": fields,
            "primary_key": list(key),
            "force": True,
        },
    )
    return _call("resource_show", {"id": made["resource_id"]})


def _make_current(harvest_object: Record, package_id: str) -> None:
    model.Session.query(HarvestObject).filter(
        HarvestObject.guid == harvest_object.guid,
        HarvestObject.harvest_source_id == harvest_object.harvest_source_id,
        HarvestObject.current.is_(True),
    ).update({"current": False}, synchronize_session=False)
    harvest_object.package_id = package_id
    harvest_object.current = True
    harvest_object.save()


def _fail(harvest_object: Record, problem: Problem, stage: str) -> None:
    HarvestObjectError.create(message=problem.as_message(), object=harvest_object, stage=stage)


def _stored_note(harvest_object: Record, key: str) -> Record | None:
    return model.Session.query(HarvestObjectExtra).filter_by(harvest_object_id=harvest_object.id, key=key).first()


def _read_note(harvest_object: Record, key: str) -> dict[str, Any] | None:
    note = _stored_note(harvest_object, key)
    return json.loads(note.value) if note else None


def _note(harvest_object: Record, key: str, value: Mapping[str, Any]) -> None:
    """Keeps a JSON note at a harvest object, for the source's page; the last one of each key stays."""
    note = _stored_note(harvest_object, key)
    text = json.dumps(value, ensure_ascii=False, default=str)
    if note is None:
        model.Session.add(HarvestObjectExtra(object=harvest_object, key=key, value=text))
    else:
        note.value = text
    model.Session.commit()


def _beating(rows: Iterator[Mapping[str, Any]], beat: Any, harvest_object: Record) -> Iterator[Mapping[str, Any]]:
    """The same rows; now and then a sign of life, and the progress for the source's page."""
    fetched = rules.rows_so_far(_read_note(harvest_object, "progress") or {})
    progress = {"stage": "import", "unit": "rows", "began": _now(), "done": 0}
    for number, row in enumerate(rows, start=1):
        if number % _BEAT_EVERY_ROWS == 0:
            beat()
            of = max(number, fetched[1]) if fetched else number
            _note(harvest_object, "progress", {**progress, "done": number, "of": of})
        yield row


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
