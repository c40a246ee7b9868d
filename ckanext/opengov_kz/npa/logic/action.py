"""The verbs of acts: starting, publishing, extending, moving on; what everybody may know of them."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.opengov_kz.npa import acts, conclusions, importing, listing, rules, versioning
from ckanext.opengov_kz.npa.logic import schema
from ckanext.opengov_kz.npa.logic.common import read_files, save_passport, stop, user_id
from ckanext.opengov_kz.npa.signals import act_moved
from ckanext.opengov_kz.npa.texts import lacking
from ckanext.opengov_kz.npa.words import npa_refusal
from ckanext.opengov_kz.shared.actions import refuse, valid
from ckanext.opengov_kz.worktime import days

__all__ = [
    "npa_act_extend",
    "npa_act_list",
    "npa_act_move",
    "npa_act_publish",
    "npa_act_send",
    "npa_act_show",
    "npa_act_start",
]


@toolkit.side_effect_free
def npa_act_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show where an act stands.

    :param id: name or id of its package
    :returns: `stage`, the days (`published`, `closes`, `considered`, `sent_for_agreement`, `reported`, `adopted`,
        `withdrawn`, `archived`), `is_open`, `days_left`, `version`, `versions` (the newest first), `steps`,
        `conclusions`, `next_stages`, `breaches`, `has_report`, `has_preview` and `views`

    Errors: NotAuthorized, ObjectNotFound.
    """
    data = valid(context, data_dict, schema.act())
    toolkit.check_access("npa_act_show", context, data)
    act = acts.get(data["id"])
    report = acts.report(act)
    return acts.plain(act) | {
        "versions": acts.versions(act),
        "steps": acts.steps(act),
        "conclusions": conclusions.of(act),
        "next_stages": list(rules.next_stages(act.stage)),  # type: ignore[arg-type]
        "has_report": report is not None and report.published is not None,
        "has_preview": acts.preview(act) is not None,
    }


@toolkit.side_effect_free
def npa_act_list(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """List acts.

    :param stage: where they stand; `draft` lists those of one's own body alone
    :param kind: the kind of act
    :param body: name or id of the developer body
    :param sphere: the sphere, by the name of its category
    :param call: the call for ideas that they came of
    :param q: words, searched in passports and in the full text of the parts
    :param order: `closing` (the least days left first), `newest` (default) or `viewed`
    :param limit: how many (default 20)
    :param offset: from which on
    :returns: `count` and `acts`, each as in npa_act_show with `name`, `title`, `body`, `comments`

    Errors: ValidationError.
    """
    toolkit.check_access("npa_act_list", context, {})
    data = valid(context, data_dict, schema.act_list())
    return listing.page(data, context.get("user"))


def npa_act_start(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Begin a draft act from Word documents: makes its passport, and a preview of its text.

    :param owner_org: the developer body
    :param kind: the kind of act
    :param kk: the text in Kazakh, an uploaded DOCX
    :param ru: the same in Russian; at least one is needed
    :param title_translated: titles by language; those that stand above the texts if left out
    :param notes_translated: the explanatory note by language
    :param contact_email: where questions go
    :returns: `id`, `name`, and `problems` by language

    Errors: NotAuthorized; ValidationError, with `kk` and `ru` for the files; nothing is kept then.
    """
    data = valid(context, data_dict, schema.start())
    toolkit.check_access("npa_act_start", context, data)
    texts, problems, titles = read_files(data)
    if not texts:
        refuse("kk", toolkit._("Add the text as a Word document (.docx)."))
    wanted = data.get("title_translated")
    passport = {
        "type": acts.TYPE,
        "owner_org": data["owner_org"],
        "kind": data["kind"],
        "title_translated": titles | ({k: v for k, v in wanted.items() if v} if isinstance(wanted, dict) else {}),
        "notes_translated": data.get("notes_translated") or {},
        "contact_email": data.get("contact_email") or "",
    }
    # The package's own checks come first: nothing of a text is kept for a passport that is refused.
    package = toolkit.get_action("package_create")(Context(user=context.get("user", "")), passport)
    act = acts.get(package["id"])
    acts.follow_passport(acts.package(package["id"]))

    importing.store_preview(act, texts, problems, user_id(context))
    model.Session.commit()
    return {"id": package["id"], "name": package["name"], "problems": problems}


def npa_act_publish(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Publish a draft for discussion: from today on everybody sees it, and comments on it until its last day.

    :param id: name or id of the package
    :returns: as in npa_act_list, with `closes`, the last day

    Errors: NotAuthorized, ObjectNotFound; ValidationError with the reason.
    """
    data = valid(context, data_dict, schema.act())
    toolkit.check_access("npa_act_publish", context, data)
    act, today = acts.locked(data["id"]), days.today()
    preview = acts.preview(act)
    stop("stage", rules.refusal(acts.facts(act), "discussion", today))
    if preview is None or lacking(preview.rows):
        refuse("text", npa_refusal("languages"))
    wished = (acts.package(act.package_id).extras or {}).get("discussion_days")
    term = acts.term_of(act.kind, int(wished) if wished else None)
    closes = rules.closing_day(today, term, days.current())
    act.published, act.stage, act.term_days, act.closes = today, "discussion", term, closes
    acts.note_step(act, "discussion", user_id(context), details={"closes": closes.isoformat()})
    versioning.publish(act, preview, user_id(context), {})
    save_passport(context, act)
    act_moved.send(act.package_id, stage="discussion")
    return acts.plain(act, today)


def npa_act_extend(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Make an open discussion longer.

    :param id: name or id of the package
    :param closes: the new last day; a day on which nobody works moves it to the next working one
    :param reason: why; everybody sees it
    :returns: as in npa_act_list

    Errors: NotAuthorized, ObjectNotFound; ValidationError with the reason.
    """
    data = valid(context, data_dict, schema.extend())
    toolkit.check_access("npa_act_extend", context, data)
    act, today = acts.locked(data["id"]), days.today()
    wished = days.current().next_working_day(data["closes"])
    code = rules.extension_refusal(acts.facts(act), wished, today, data["reason"])
    stop("reason" if code == "reason" else "closes", code)
    assert act.closes is not None  # noqa: S101 - an open discussion has a last day
    change = {"old": act.closes.isoformat(), "new": wished.isoformat()}
    act.closes = wished
    acts.note_step(act, "extended", user_id(context), data["reason"], change)
    save_passport(context, act)
    return acts.plain(act, today)


def npa_act_move(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Move an act on: to consideration, adoption, withdrawal or the archive.

    :param id: name or id of the package
    :param stage: `consideration`, `adopted`, `withdrawn` or `archive`; publishing and reporting are verbs of their own
    :param reason: why it is withdrawn; everybody sees it
    :returns: as in npa_act_list

    Errors: NotAuthorized, ObjectNotFound; ValidationError with the reason.
    """
    data = valid(context, data_dict, schema.move())
    toolkit.check_access("npa_act_move", context, data)
    act, today, stage = acts.locked(data["id"]), days.today(), data["stage"]
    code = rules.refusal(acts.facts(act), stage, today, data["reason"])
    stop("reason" if code == "reason" else "stage", code)
    act.stage = stage
    setattr(act, acts.DAY_OF_STAGE[stage], today)
    acts.note_step(act, stage, user_id(context), data["reason"])
    save_passport(context, act)
    act_moved.send(act.package_id, stage=stage)
    return acts.plain(act, today)


def npa_act_send(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Record on which day a draft was sent to other bodies for agreement.

    :param id: name or id of the package
    :param day: the day; not before that of publication, and not to come
    :returns: as in npa_act_list

    Errors: NotAuthorized, ObjectNotFound; ValidationError with the reason.
    """
    data = valid(context, data_dict, schema.send())
    toolkit.check_access("npa_act_send", context, data)
    act, today = acts.locked(data["id"]), days.today()
    code = rules.sending_refusal(acts.facts(act), data["day"], today)
    stop("day", "sent_early" if code == "early" else code)
    act.sent_for_agreement = data["day"]
    acts.note_step(act, "sent", user_id(context), details={"day": data["day"].isoformat()})
    save_passport(context, act)
    return acts.plain(act, today)
