"""What people discuss of a draft act: the whole and each part, while its discussion is open; its body answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import sqlalchemy as sa
from ckan import model
from ckan.plugins import toolkit
from sqlalchemy.dialects.postgresql import JSONB

from ckanext.opengov_kz.catalogue.display import stored_text
from ckanext.opengov_kz.discussion.rules import Settings, Subject, SubjectPart
from ckanext.opengov_kz.worktime import days

from . import acts, rules
from .model import Act, Version
from .texts import LANGUAGES, words
from .words import numerals


class ActDiscussions:
    """Methods of IDiscussable, for draft acts and for calls for ideas."""

    def discussable_types(self) -> Mapping[str, Settings]:
        config = toolkit.config
        act = Settings(
            premoderated=config["opengov.npa.premoderated"],
            comment_identity=config["opengov.npa.comment_identity"],
            vote_identity=config["opengov.npa.vote_identity"],
            answer_days=config["opengov.npa.answer_days"],
        )
        return {acts.TYPE: act, acts.CALL: Settings(kinds=("proposal", "opinion"))}

    def discussable_subject(self, subject_type: str, subject_id: str) -> Subject | None:
        package = model.Package.get(subject_id) if subject_type in {acts.TYPE, acts.CALL} else None
        if package is None or package.type != subject_type or package.state != model.State.ACTIVE:
            return None
        if not package.owner_org:
            return None
        return _act(package) if subject_type == acts.TYPE else _call(package)

    def discussable_parts(self, subject: Subject, part_ids: Collection[str]) -> Mapping[str, SubjectPart]:
        if subject.subject_type != acts.TYPE:
            return {}
        return parts(subject.subject_id, part_ids, subject.url)


def _act(package: model.Package) -> Subject:
    act = model.Session.get(Act, package.id)
    shown = acts.facts(act) if act else rules.Act("draft")
    is_open = rules.is_open(shown, days.today())
    return Subject(
        acts.TYPE,
        package.id,
        acts.title(package),
        f"/npa/{package.name}",
        package.owner_org or "",
        is_public=not package.private,
        is_open=is_open,
        closed_reason="" if is_open else _closed_reason(shown),
        version=str(act.version) if act and act.version else "",
    )


def _closed_reason(act: rules.Act) -> str:
    if act.stage == "draft":
        return toolkit._("The draft is not published yet.")
    if act.stage == "withdrawn":
        return toolkit._("The draft was withdrawn.")
    if act.closes:
        return toolkit._("The discussion was open until {day}.").format(day=numerals(act.closes))
    return toolkit._("The discussion is over.")


def _call(package: model.Package) -> Subject:
    extras = package.extras or {}
    closes = extras.get("closes") or ""
    is_over = extras.get("phase") == "done" or bool(closes and closes < days.today().isoformat())
    return Subject(
        acts.CALL,
        package.id,
        stored_text(package) or {"kk": package.title or package.name},
        f"/npa_call/{package.name}",
        package.owner_org or "",
        is_public=not package.private,
        is_open=not is_over,
        closed_reason=toolkit._("The call for ideas is over.") if is_over else "",
    )


def parts(package_id: str, part_ids: Collection[str], url: str) -> dict[str, SubjectPart]:
    """The parts that any published version has, as the latest one that has them says; one query, by PostgreSQL."""
    row = sa.func.jsonb_array_elements(Version.rows).table_valued(sa.column("value", JSONB), name="row").c.value
    query = (
        sa.select(Version.number, row)
        .where(Version.package_id == package_id, Version.number > 0, row["id"].astext.in_(part_ids))
        .order_by(Version.number)
    )
    found = {}
    for _number, one in model.Session.execute(query):
        wording = {language: words(one, language) for language in LANGUAGES if one[language]}
        found[one["id"]] = SubjectPart(one["id"], one["label"], f"{url}?part={one['id']}#p-{one['id'][:12]}", wording)
    return found
