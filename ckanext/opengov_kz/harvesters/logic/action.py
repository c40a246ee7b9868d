"""The verbs of harvesting: what a source is doing, run it, stop it, approve it, take it away."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Action, Context, DataDict
from ckanext.harvest.model import HarvestGatherError, HarvestJob, HarvestSource

from ckanext.opengov_kz.catalogue.logic.auth import trusted
from ckanext.opengov_kz.harvesters import (
    health,
    history,
    liveness,
    owners,
    removal,
    rounds,
    rules,
    scheduling,
    sources,
)
from ckanext.opengov_kz.harvesters.logic import schema
from ckanext.opengov_kz.harvesters.model import SourceState, utc_now
from ckanext.opengov_kz.harvesters.rules import Problem, Record
from ckanext.opengov_kz.shared.http import UrlRefused, check_url
from ckanext.opengov_kz.shared.languages import slug

_JOBS_SHOWN = 30


@toolkit.side_effect_free
def harvesting_source_status_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Shows what a harvest source is doing and has done.

    :param id: id or name of the source.
    :returns: ``{"state", "url", "source_type", "jobs": [{"id", "state", "created", "seconds", "counts", "problems",
        "tables"}], "tables": […], "approval", "reason", "frequency", "next_run", "last_success", "is_late",
        "failing_since", "problem"}``: the thirty newest jobs, and tables of the newest one (`history.tables`).
        Problems are ``{"code", "details"}``; times are ISO with a zone.
    """
    source = _source(context, data_dict, "harvesting_source_status_show")
    now = datetime.now(UTC)
    jobs = history.jobs_of(source.id, _JOBS_SHOWN)
    known = history.History(jobs)
    described = [known.describe(job, now) for job in jobs]
    return {
        "state": described[0]["state"] if described else rules.state(None),
        "url": source.url,
        "source_type": source.type,
        "jobs": described,
        "tables": history.tables(jobs[0].id, now) if jobs else [],
        **health.describe(model.Session.get(SourceState, source.id), source, now),
    }


@toolkit.side_effect_free
def harvesting_source_health_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Lists how all approved sources are doing; for administrators of the portal also those that are not approved.

    :returns: of each ``{"id", "name", "title", "owner_org", "approval", "reason", "state", "frequency", "next_run",
        "last_success", "is_late", "failing_since", "problem", "datasets", "rows", "url", "asked_by", "asked_at"}``,
        those that need somebody first. Who asked for a source is told to administrators alone.
    """
    toolkit.check_access("harvesting_source_health_list", {**context}, data_dict)
    is_trusted = trusted(context)
    approvals = {rules.APPROVED} | ({rules.PENDING, rules.REFUSED} if is_trusted else set())
    found = health.health(datetime.now(UTC), approvals)
    return found if is_trusted else [{**one, "asked_by": "", "asked_at": None} for one in found]


@toolkit.side_effect_free
def harvesting_source_pending_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """Lists the sources that wait for an administrator's approval, as `harvesting_source_health_list` does."""
    toolkit.check_access("harvesting_source_pending_list", {**context}, data_dict)
    return health.health(datetime.now(UTC), {rules.PENDING})


@toolkit.side_effect_free
def harvesting_dataset_origin_show(context: Context, data_dict: DataDict) -> dict[str, Any] | None:
    """Shows where a dataset comes from, if it was harvested.

    :param id: id or name of the dataset.
    :returns: None, or ``{"name", "title", "is_active", "synchronised", "is_late", "frequency", "failing_since"}``:
        the source, when the dataset was last brought whole (ISO with a zone, or None), and whether that is late.
    """
    data = _validated(context, data_dict, schema.source())
    package = model.Package.get(data["id"])
    if package is None:
        raise toolkit.ObjectNotFound(toolkit._("Dataset not found"))
    toolkit.check_access("harvesting_dataset_origin_show", {**context}, {"id": package.id})
    found = history.origin(package.id)
    if found is None:
        return None
    source, synchronised = found
    record = model.Package.get(source.id)
    now = datetime.now(UTC)
    told = health.describe(model.Session.get(SourceState, source.id), source, now)
    is_active = bool(source.active) and told["approval"] == rules.APPROVED
    return {
        "name": record.name if record else "",
        "title": source.title or (record.name if record else ""),
        "is_active": is_active,
        "synchronised": synchronised.isoformat() if synchronised else None,
        "is_late": is_active and rules.is_late(told["frequency"], synchronised, None, now),
        "frequency": told["frequency"],
        "failing_since": told["failing_since"],
    }


def harvesting_source_run(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Starts a harvest now.

    :param id: id or name of the source.
    :returns: the job. 409 when one is already under way, or the source is not approved.
    """
    source_id = _source(context, data_dict, "harvesting_source_run").id
    # A run whose tables are all done reads as finished, although the round has not marked it yet.
    rounds.finish_source(toolkit.get_action("harvest_jobs_run"), _as_the_portal(), source_id)
    if _under_way(source_id) is not None:
        raise toolkit.ValidationError({"id": [toolkit._("A harvest of this source is already under way")]})
    return toolkit.get_action("harvest_job_create")({**context}, {"source_id": source_id, "run": True})


def harvesting_source_stop(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Stops the harvest that is under way; what is already stored stays.

    :param id: id or name of the source.
    :returns: the job. 409 when none is under way.
    """
    source = _source(context, data_dict, "harvesting_source_stop")
    job = _under_way(source.id)
    if job is None:
        raise toolkit.ValidationError({"id": [toolkit._("No harvest of this source is under way")]})
    return _stop(job)


def harvesting_source_approve(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Approves a source, which may then run; who asked for it is told.

    :param id: id or name of the source.
    :returns: ``{"id", "approval"}``. 409 when it is approved already.
    """
    source = _source(context, data_dict, "harvesting_source_approve")
    return _decide(context, source, rules.APPROVED, "")


def harvesting_source_refuse(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Refuses a source, which cannot run then; who asked for it is told why. A harvest under way is stopped.

    :param id: id or name of the source.
    :param reason: what the person who asked for it will read.
    :returns: ``{"id", "approval"}``. 409 when it is refused already.
    """
    source = _source(context, data_dict, "harvesting_source_refuse")
    reason = _validated(context, data_dict, schema.refusal())["reason"]
    job = _under_way(source.id)
    if job is not None:
        _stop(job)
    return _decide(context, source, rules.REFUSED, reason)


def harvesting_source_clear(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Takes away the datasets of a source, with their rows, and its history; in the background.

    :param id: id or name of the source.
    :returns: ``{"id"}``. A harvest under way is stopped.
    """
    source = _source(context, data_dict, "harvesting_source_clear")
    job = _under_way(source.id)
    if job is not None:
        _stop(job)
    removal.begin(source.id)
    return {"id": source.id}


def harvesting_source_delete(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Deletes a source; its datasets stay, unless they are to go with it.

    :param id: id or name of the source.
    :param with_datasets: whether its datasets and their rows go too, in the background (false).
    :returns: ``{"id"}``. A harvest under way is stopped.
    """
    source = _source(context, data_dict, "harvesting_source_delete")
    data = _validated(context, data_dict, schema.deletion())
    source_id = source.id
    job = _under_way(source_id)
    if job is not None:
        _stop(job)
    toolkit.get_action("harvest_source_delete")(_as_the_portal(), {"id": source_id})
    if data.get("with_datasets"):
        removal.begin(source_id)
    return {"id": source_id}


@toolkit.chained_action
def harvest_jobs_run(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Without a source, one round of all harvests (rounds.py): ckanext-harvest's own knows no approval and no hours."""
    if data_dict.get("source_id"):
        return original(context, data_dict)
    toolkit.check_access("harvest_jobs_run", {**context}, data_dict)
    rounds.go_round(original, {"model": model, "session": model.Session, **context})
    return []


@toolkit.chained_action
def harvest_job_create(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Makes a job, of an approved source only."""
    _check_approval(str(data_dict.get("source_id") or ""))
    return original(context, data_dict)


@toolkit.chained_action
def harvest_send_job_to_gather_queue(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Sends a job on its way, of an approved source only."""
    job: Record = HarvestJob.get(str(data_dict.get("id") or ""))
    if job is not None:
        _check_approval(job.source_id)
    return original(context, data_dict)


@toolkit.chained_action
def package_create(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Creates a dataset; a harvest source only with an address that may be asked (ckanext-harvest checks none).

    One that somebody else than an administrator of the portal makes is pending, and the administrators are told.
    """
    if data_dict.get("type") != "harvest":
        return original(context, data_dict)
    if not data_dict.get("name"):
        data_dict = {**data_dict, "name": slug(str(data_dict.get("title") or ""))}
    return _save(original, context, data_dict, None)


@toolkit.chained_action
def package_update(original: Action, context: Context, data_dict: DataDict) -> Any:
    """Updates a dataset; a harvest source only with an address that may be asked.

    One that gets another address, kind or owner by somebody else than an administrator is pending again.
    """
    if not sources.is_source(data_dict):
        return original(context, data_dict)
    return _save(original, context, data_dict, sources.stored(str(data_dict.get("id") or data_dict.get("name") or "")))


def _save(original: Action, context: Context, data_dict: DataDict, before: dict[str, Any] | None) -> Any:
    _check_source_url(data_dict)
    is_trusted, user = trusted(context), context.get("user") or ""
    frequency = str(data_dict.get("frequency") or "").upper()
    # ckanext-harvest has no word for it; the round of ours alone starts sources.
    wanted = {**data_dict, "frequency": "DAILY"} if frequency == "HOURLY" else data_dict
    made = original(context, wanted)
    source_id = made["id"] if isinstance(made, dict) else str(made)
    if sources.remember(source_id, frequency, user, is_trusted=is_trusted, before=before):
        source: Record = HarvestSource.get(source_id)
        facts = _facts(source, model.Package.get(source_id))
        owners.tell(owners.administrators(), "source_pending", source=facts, asked_by=user)
    if isinstance(made, dict) and frequency:
        made["frequency"] = frequency
    return made


def _check_source_url(data_dict: DataDict) -> None:
    if data_dict.get("state") == "deleted":
        return
    try:
        check_url(str(data_dict.get("url") or ""), toolkit.config["opengov.http.allowed_private_hosts"])
    except UrlRefused as refusal:
        text = toolkit.h.harvesting_problem_text(
            {"code": "address_refused", "details": {"reason": refusal.reason_code}}
        )
        raise toolkit.ValidationError({"url": [text]}) from refusal


def _check_approval(source_id: str) -> None:
    state = model.Session.get(SourceState, source_id)
    if HarvestSource.get(source_id) is None or (state is not None and state.approval == rules.APPROVED):
        return
    if state is not None and state.approval == rules.REFUSED:
        raise toolkit.ValidationError({"source_id": [toolkit._("This source was refused, so it does not run")]})
    text = toolkit._("This source waits for the approval of an administrator of the portal")
    raise toolkit.ValidationError({"source_id": [text]})


def _decide(context: Context, source: Record, approval: str, reason: str) -> dict[str, Any]:
    state = SourceState.of(source.id)
    if state.approval == approval:
        raise toolkit.ValidationError({"id": [toolkit._("This has been decided already")]})
    state.approval, state.reason = approval, reason
    state.decided_by, state.decided_at = context.get("user") or "", utc_now()
    if approval == rules.APPROVED:
        scheduling.reschedule(source.id, state.frequency, datetime.now(UTC).replace(microsecond=0))
    else:
        source.next_run = None
    model.Session.commit()
    record = model.Package.get(source.id)
    asked_by = model.User.get(state.asked_by) if state.asked_by else None
    people = [asked_by.id] if asked_by else owners.people_of(record.owner_org if record else None)
    owners.tell(people, f"source_{approval}", source=_facts(source, record), reason=reason)
    return {"id": source.id, "approval": approval}


def _facts(source: Record, record: model.Package | None) -> dict[str, str]:
    """What the mails say of a source."""
    name = record.name if record else ""
    return {"name": name, "title": source.title or name, "url": source.url}


def _under_way(source_id: str) -> Record | None:
    running = model.Session.query(HarvestJob).filter(
        HarvestJob.source_id == source_id, HarvestJob.status.in_(("New", "Running"))
    )
    return running.first()


def _stop(job: Record) -> dict[str, Any]:
    job_id = job.id
    HarvestGatherError.create(message=Problem(rules.STOPPED).as_message(), job=job)
    # ckanext-harvest only marks the job; its worker is told here.
    liveness.stop(job_id)
    # It lets only administrators of the portal do so; who may, was asked before.
    return toolkit.get_action("harvest_job_abort")(_as_the_portal(), {"id": job_id})


def _as_the_portal() -> Any:
    site_user = toolkit.get_action("get_site_user")({"ignore_auth": True}, {})
    return {"user": site_user["name"], "ignore_auth": True, "model": model, "session": model.Session}


def _source(context: Context, data_dict: DataDict, name: str) -> Record:
    data = _validated(context, data_dict, schema.source())
    package = model.Package.get(data["id"])
    source: Record = HarvestSource.get(package.id) if package else None
    if source is None:
        raise toolkit.ObjectNotFound(toolkit._("Harvest source not found"))
    toolkit.check_access(name, {**context}, {"id": source.id})
    return source


def _validated(context: Context, data_dict: DataDict, wanted: Any) -> dict[str, Any]:
    data, errors = toolkit.navl_validate(data_dict, wanted, context)
    if errors:
        raise toolkit.ValidationError(errors)
    return data
