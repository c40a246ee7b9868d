"""Acts as they are stored: finding them, what is known of them, their steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit

from ckanext.opengov_kz.catalogue.display import stored_text
from ckanext.opengov_kz.shared.moments import iso
from ckanext.opengov_kz.worktime import days

from . import rules
from .model import Act, Report, Step, Version, utc_now

TYPE, CALL = "npa", "npa_call"
DAYS = ("published", "closes", "considered", "sent_for_agreement", "reported", "adopted", "withdrawn", "archived")
#: The day that an act gets when it comes to a stage.
DAY_OF_STAGE = {
    "discussion": "published",
    "consideration": "considered",
    "report": "reported",
    "adopted": "adopted",
    "withdrawn": "withdrawn",
    "archive": "archived",
}


def package(name_or_id: str, kind: str = TYPE) -> model.Package:
    """The package of an act (or of a call for ideas). Raises ObjectNotFound, also for other types and deleted ones."""
    found = model.Package.get(name_or_id)
    if found is None or found.type != kind or found.state != model.State.ACTIVE:
        raise toolkit.ObjectNotFound(toolkit._("There is no such draft act."))
    return found


def of(found: model.Package) -> Act:
    """The act of a package; made where there is none yet."""
    act = model.Session.get(Act, found.id)
    if act is None:
        act = Act(
            package_id=found.id, owner_id=found.owner_org or "", kind=_extra(found, "kind"), stage="draft", views=0
        )
        act.sphere, act.breaches, act.version = _extra(found, "sphere"), [], 0
        model.Session.add(act)
        model.Session.flush()
    return act


def get(name_or_id: str) -> Act:
    """An act by the name or id of its package. Raises ObjectNotFound."""
    return of(package(name_or_id))


def locked(name_or_id: str) -> Act:
    """The same, for this transaction alone: two officers who press a button at once do one thing after the other."""
    act = get(name_or_id)
    model.Session.refresh(act, with_for_update=True)
    return act


def _extra(found: model.Package, name: str) -> str:
    return str((found.extras or {}).get(name) or "")


def follow_passport(found: model.Package) -> None:
    """Takes what lists are filtered by from a passport that was saved."""
    act = of(found)
    act.owner_id, act.kind, act.sphere = found.owner_org or "", _extra(found, "kind"), _extra(found, "sphere")
    call = _extra(found, "call")
    act.call_id = package(call, CALL).id if call else None


def title(found: model.Package) -> dict[str, str]:
    """The title of a package by language."""
    return stored_text(found) or {"kk": found.title or found.name}


def facts(act: Act, *, unanswered: int = 0, unanswered_reason: str = "") -> rules.Act:
    """What the rules have to know of an act."""
    return rules.Act(
        stage=act.stage,  # type: ignore[arg-type]
        published=act.published,
        closes=act.closes,
        sent_for_agreement=act.sent_for_agreement,
        reported=act.reported,
        adopted=act.adopted,
        has_text=has_text(act),
        unanswered=unanswered,
        unanswered_reason=unanswered_reason,
    )


def has_text(act: Act) -> bool:
    """Whether there is a text that people can read, or a preview that can be published."""
    if act.version:
        return True
    query = sa.select(sa.func.jsonb_array_length(Version.rows)).where(Version.package_id == act.package_id)
    return bool(model.Session.scalar(query.order_by(Version.number).limit(1)))


def term_of(kind: str, wished: int | None = None) -> int:
    """The term of a discussion in working days: that of the configuration, or the longer one of the passport."""
    by_kind: dict[str, int] = {}
    for line in toolkit.config["opengov.npa.discussion_days_by_kind"]:
        name, _, number = str(line).partition("=")
        by_kind[name] = int(number)
    return rules.term(kind, by_kind, toolkit.config["opengov.npa.discussion_days"], wished)


def note_step(act: Act, what: str, user_id: str, reason: str = "", details: Mapping[str, Any] | None = None) -> None:
    """Writes down what was done."""
    step = Step(package_id=act.package_id, what=what, user_id=user_id, reason=reason, details=dict(details or {}))
    step.at = utc_now()
    model.Session.add(step)


def steps(act: Act) -> list[dict[str, Any]]:
    """What was done to an act, the oldest first; no names of persons."""
    query = sa.select(Step).where(Step.package_id == act.package_id).order_by(Step.at, Step.id)
    return [
        {"what": one.what, "at": iso(one.at), "reason": one.reason, "details": one.details}
        for one in model.Session.scalars(query)
    ]


def plain(act: Act, today: dt.date | None = None) -> dict[str, Any]:
    """An act as everybody may know it: stage, days, version, days left."""
    today = today or days.today()
    known: dict[str, Any] = {day: value.isoformat() if (value := getattr(act, day)) else None for day in DAYS}
    shown = facts(act)
    return known | {
        "id": act.package_id,
        "owner_id": act.owner_id,
        "kind": act.kind,
        "sphere": act.sphere,
        "stage": act.stage,
        "version": act.version,
        "term_days": act.term_days,
        "is_open": rules.is_open(shown, today),
        "days_left": rules.days_left(shown, today),
        "breaches": act.breaches,
        "views": act.views,
    }


def versions(act: Act) -> list[dict[str, Any]]:
    """The published versions of an act without their texts, the newest first."""
    query = (
        sa.select(Version.number, Version.published, Version.note, sa.func.jsonb_array_length(Version.rows))
        .where(Version.package_id == act.package_id, Version.number > 0)
        .order_by(Version.number.desc())
    )
    return [
        {"number": number, "published": iso(published), "note": note, "parts": size}
        for number, published, note, size in model.Session.execute(query)
    ]


def version(act: Act, number: int) -> Version:
    """One version; number 0 is the preview. Raises ObjectNotFound."""
    query = sa.select(Version).where(Version.package_id == act.package_id, Version.number == number)
    found = model.Session.scalar(query)
    if found is None:
        raise toolkit.ObjectNotFound(toolkit._("There is no such version."))
    return found


def preview(act: Act) -> Version | None:
    """The text that an officer corrects before it is published."""
    query = sa.select(Version).where(Version.package_id == act.package_id, Version.number == 0)
    return model.Session.scalar(query)


def report(act: Act) -> Report | None:
    """The report on the discussion, published or not."""
    return model.Session.get(Report, act.package_id)


def packages(ids: Collection[str]) -> dict[str, model.Package]:
    """Packages by id, in one query."""
    query = sa.select(model.Package).where(model.Package.id.in_(ids))
    return {one.id: one for one in model.Session.scalars(query)}


def taken_up(ids: Collection[str]) -> dict[str, dict[str, str]]:
    """What acts say they took up of the ideas that they came of, by language."""
    return {one.id: stored_text(one, "taken_up_translated") for one in packages(ids).values()}
