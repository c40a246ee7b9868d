"""The verbs around an act: the report on its discussion, conclusions, followers, what one took part in, indicators."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.opengov_kz.npa import acts, conclusions, following, indicators, reports, rules
from ckanext.opengov_kz.npa.logic import schema
from ckanext.opengov_kz.npa.logic.common import save_passport, stop, unanswered, user_id
from ckanext.opengov_kz.npa.model import Conclusion, Role, utc_now
from ckanext.opengov_kz.npa.signals import act_moved
from ckanext.opengov_kz.shared.actions import refuse, valid
from ckanext.opengov_kz.worktime import days

__all__ = [
    "npa_conclusion_create",
    "npa_conclusion_list",
    "npa_follow_list",
    "npa_follow_set",
    "npa_indicators",
    "npa_participation_list",
    "npa_report_publish",
    "npa_report_show",
    "npa_report_update",
    "npa_role_delete",
    "npa_role_list",
    "npa_role_set",
]


@toolkit.side_effect_free
def npa_report_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show the report on the discussion of an act.

    :param id: name or id of the package
    :returns: `figures` (participants, comments, accepted, partly, rejected, answered, unanswered, …), `rows` (comments
        with their answers), `introduction`, `conclusion`, `unanswered_reason` by language, `published`; before it is
        published, as the record stands now

    Errors: NotAuthorized; ObjectNotFound.
    """
    data = valid(context, data_dict, schema.act())
    toolkit.check_access("npa_report_show", context, data)
    return reports.show(acts.get(data["id"]))


def npa_report_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Write the words of the report; what is left out stays.

    :param id: name or id of the package
    :param introduction: by language
    :param conclusion: by language
    :param unanswered_reason: why some comments stay without a reply, by language
    :returns: as npa_report_show

    Errors: NotAuthorized, ObjectNotFound; ValidationError for a report that is published.
    """
    data = valid(context, data_dict, schema.report_update())
    toolkit.check_access("npa_report_update", context, data)
    act = acts.locked(data["id"])
    report = reports.draft(act)
    if report.published:
        refuse("id", toolkit._("The report is published and stays as it is."))
    for name in ("introduction", "conclusion", "unanswered_reason"):
        if data.get(name) is not None:
            setattr(report, name, data[name])
    report.changed = utc_now()
    model.Session.commit()
    return reports.show(act)


def npa_report_publish(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Publish the report: the record is kept as it stands, and the act is ready to be adopted.

    :param id: name or id of the package
    :returns: as npa_report_show

    Errors: NotAuthorized, ObjectNotFound; ValidationError while the discussion is open, while comments are unanswered
    without a stated reason, or while the words are missing in a language.
    """
    data = valid(context, data_dict, schema.act())
    toolkit.check_access("npa_report_publish", context, data)
    act, today = acts.locked(data["id"]), days.today()
    report = reports.draft(act)
    # In one language alone the reason is no reason for half of the readers.
    reasons = report.unanswered_reason if len({"kk", "ru"} & set(report.unanswered_reason)) > 1 else {}
    facts = acts.facts(act, unanswered=unanswered(act), unanswered_reason=reasons.get("kk", ""))
    stop("stage", rules.refusal(facts, "report", today))
    for language in ("kk", "ru"):
        if not report.introduction.get(language) or not report.conclusion.get(language):
            refuse(
                "introduction", toolkit._("The introduction and the conclusion are wanted in Kazakh and in Russian.")
            )
    report.record, report.published = reports.record(act), utc_now()
    act.stage, act.reported = "report", today
    acts.note_step(act, "report", user_id(context))
    save_passport(context, act)
    act_moved.send(act.package_id, stage="report")
    return reports.show(act)


@toolkit.side_effect_free
def npa_conclusion_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """List the conclusions of councils and experts on an act.

    :param id: name or id of the package
    :returns: each with `kind`, `outcome`, `text`, `language`, `version`, `name` of the person, `organisation`, `at`

    Errors: NotAuthorized, ObjectNotFound.
    """
    data = valid(context, data_dict, schema.act())
    toolkit.check_access("npa_conclusion_list", context, data)
    return conclusions.of(acts.get(data["id"]))


def npa_conclusion_create(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Give a conclusion on an act, in a role that was verified.

    :param id: name or id of the package
    :param kind: of the role: `public_council`, `business_chamber`, `non_profit`, `anti_corruption`, `scientific_legal`,
        `scientific_economic`
    :param outcome: `approves`, `approves_with_remarks` or `objects`
    :param text: the conclusion
    :param language: of the text, `kk` by default
    :returns: `id`

    Errors: NotAuthorized, ObjectNotFound; ValidationError once the act is adopted or withdrawn.
    """
    data = valid(context, data_dict, schema.conclusion_create())
    toolkit.check_access("npa_conclusion_create", context, data)
    act = acts.get(data["id"])
    if act.stage not in {"discussion", "consideration"}:
        refuse("id", toolkit._("Conclusions are taken until the report on the discussion is published."))
    user = model.User.get(context.get("user"))
    role = model.Session.get(Role, (user.id, data["kind"])) if user else None
    if user is None or role is None:
        # CKAN lets administrators do everything; nobody concludes in a role that was not verified.
        raise toolkit.NotAuthorized(toolkit._("Your role for this kind of conclusion is not verified."))
    made = Conclusion(package_id=act.package_id, version=act.version, user_id=user.id, name=user.fullname or "")
    made.organisation = role.organisation
    made.kind, made.outcome, made.text, made.language = (data[name] for name in ("kind", "outcome", "text", "language"))
    model.Session.add(made)
    model.Session.commit()
    return {"id": made.id}


def npa_role_set(context: Context, data_dict: DataDict) -> dict[str, str]:
    """Record that a person's papers were seen: from now on they give conclusions of a kind for an organisation.

    :param user: name or id of the account
    :param kind: the kind of conclusion
    :param organisation: its name by language
    :returns: `user` and `kind`

    Errors: NotAuthorized; ValidationError.
    """
    data = valid(context, data_dict, schema.role())
    toolkit.check_access("npa_role_set", context, data)
    user = model.User.get(data["user"])
    if user is None:
        refuse("user", toolkit._("There is no such account."))
    key = (user.id, data["kind"])
    role = model.Session.get(Role, key) or Role(user_id=key[0], kind=key[1])
    role.organisation, role.verified_by, role.at = data["organisation"], user_id(context), utc_now()
    model.Session.add(role)
    model.Session.commit()
    return {"user": user.name, "kind": data["kind"]}


def npa_role_delete(context: Context, data_dict: DataDict) -> None:
    """Take a verified role away; conclusions that were given stay.

    :param user: name or id of the account
    :param kind: the kind of conclusion

    Errors: NotAuthorized; ValidationError.
    """
    data = valid(context, data_dict, schema.role_named())
    toolkit.check_access("npa_role_delete", context, data)
    user = model.User.get(data["user"])
    role = model.Session.get(Role, (user.id, data["kind"])) if user else None
    if role is None:
        refuse("user", toolkit._("The person has no such role."))
    model.Session.delete(role)
    model.Session.commit()


@toolkit.side_effect_free
def npa_role_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """List verified roles.

    :returns: each with `user`, `kind`, `organisation` by language, `at`

    Errors: NotAuthorized.
    """
    toolkit.check_access("npa_role_list", context, data_dict)
    return conclusions.roles()


def npa_follow_set(context: Context, data_dict: DataDict) -> dict[str, bool]:
    """Follow a body, a sphere or an act, or no longer: drafts, versions and reports are told in the portal and by mail.

    :param what: `body`, `sphere` or `act`
    :param value: name or id of the body or the act, name of the sphere's category
    :param on: whether to follow (default) or to stop
    :returns: `on`

    Errors: NotAuthorized; ValidationError where there is no such thing.
    """
    data = valid(context, data_dict, schema.follow())
    toolkit.check_access("npa_follow_set", context, data)
    following.put(user_id(context), data["what"], following.known(data["what"], data["value"]), is_on=data["on"])
    return {"on": data["on"]}


@toolkit.side_effect_free
def npa_follow_list(context: Context, data_dict: DataDict) -> list[dict[str, str]]:
    """List what one follows.

    :returns: each with `what`, `value` and `title` by language

    Errors: NotAuthorized.
    """
    toolkit.check_access("npa_follow_list", context, data_dict)
    return following.of(user_id(context))


@toolkit.side_effect_free
def npa_participation_list(context: Context, data_dict: DataDict) -> list[dict[str, Any]]:
    """List the acts in whose discussion one took part.

    :returns: each as in npa_act_list, with `my_comments`: `id`, `text`, `part_id`, `outcome` and `state` of each

    Errors: NotAuthorized.
    """
    toolkit.check_access("npa_participation_list", context, data_dict)
    return following.participation(user_id(context))


@toolkit.side_effect_free
def npa_indicators(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Count what became of public discussions.

    :param id: name or id of one act's package
    :param body: name or id of a body; of all bodies, each by itself, if both are left out
    :returns: for an act or a body `acts`, `comments`, `people`, `answered`, `share_answered_in_time`,
        `share_accepted` (of the proposals that were answered), `views`; else `bodies`, a list of these

    Errors: ObjectNotFound.
    """
    toolkit.check_access("npa_indicators", context, data_dict)
    data = valid(context, data_dict, schema.indicators())
    if data.get("id"):
        return indicators.of_act(acts.get(data["id"]))
    if data.get("body"):
        return indicators.of_body(data["body"])
    return {"bodies": indicators.of_bodies()}
