"""The verbs of texts: read from files, correct in a preview, publish as a version, compare."""

from __future__ import annotations

from typing import Any

from ckan import model
from ckan.plugins import toolkit
from ckan.types import Context, DataDict

from ckanext.opengov_kz.npa import acts, importing, texts, versioning
from ckanext.opengov_kz.npa.logic import schema
from ckanext.opengov_kz.npa.logic.common import read_files, save_passport, user_id
from ckanext.opengov_kz.npa.parts import Part
from ckanext.opengov_kz.npa.problems import STRUCTURE_CODES
from ckanext.opengov_kz.npa.signals import version_published
from ckanext.opengov_kz.npa.words import npa_problem, npa_refusal
from ckanext.opengov_kz.shared.actions import refuse, valid

__all__ = [
    "npa_preview_show",
    "npa_text_show",
    "npa_version_compare",
    "npa_version_delete",
    "npa_version_import",
    "npa_version_publish",
    "npa_version_update",
]


@toolkit.side_effect_free
def npa_text_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show the text of an act.

    :param id: name or id of the package
    :param version: which version (default: the latest published)
    :returns: `version`, `published`, and `rows`: each part in both languages with `id` (its lasting identity), `kind`,
        `depth`, `path`, `label` by language, and `kk`, `ru` (number, title, text, rows of a table) or None

    Errors: NotAuthorized; ObjectNotFound, also for an act without a published text.
    """
    data = valid(context, data_dict, schema.text_show())
    toolkit.check_access("npa_text_show", context, data)
    act = acts.get(data["id"])
    number = data.get("version") or act.version
    if not number:
        raise toolkit.ObjectNotFound(toolkit._("There is no such version."))
    version = acts.version(act, number)
    return {"version": version.number, "published": acts.iso(version.published), "rows": version.rows}


@toolkit.side_effect_free
def npa_preview_show(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show the text that is being corrected, with what is odd in it.

    :param id: name or id of the package
    :returns: `rows` as in npa_text_show, without identities; `problems` by language, each with `paragraph`, `code`,
        `params` and `message`; `made`, which npa_version_update takes as `seen`; `version`, the published one

    Errors: NotAuthorized; ObjectNotFound where there is no preview.
    """
    data = valid(context, data_dict, schema.act())
    toolkit.check_access("npa_preview_show", context, data)
    act = acts.get(data["id"])
    preview = acts.preview(act)
    if preview is None:
        raise toolkit.ObjectNotFound(npa_refusal("no_preview"))
    told = {
        language: [problem | {"message": npa_problem(problem)} for problem in found]
        for language, found in (preview.problems or {}).items()
    }
    return {"rows": preview.rows, "problems": told, "made": preview.made.isoformat(), "version": act.version}


def npa_version_import(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Read a text from Word documents into the preview; what is published stays as it is.

    :param id: name or id of the package
    :param kk: the text in Kazakh, an uploaded DOCX
    :param ru: the same in Russian; a language that is left out keeps its text
    :param kk_parts: instead of a file, the parts as a list of `kind`, `depth`, `number`, `title`, `text`, `rows`
    :param ru_parts: the same in Russian
    :returns: `problems` by language and `parts`, how many there are

    Errors: NotAuthorized, ObjectNotFound; ValidationError with `kk` and `ru`; nothing is changed then.
    """
    data = valid(context, data_dict, schema.version_import())
    toolkit.check_access("npa_version_import", context, data)
    found, problems, _titles = read_files(data)
    if not found:
        refuse("kk", toolkit._("Add the text as a Word document (.docx)."))
    act = acts.locked(data["id"])
    _check_open(act)
    preview = importing.store_preview(act, found, problems, user_id(context))
    model.Session.commit()
    return {"problems": preview.problems, "parts": len(preview.rows)}


def npa_version_update(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Correct the preview.

    :param id: name or id of the package
    :param corrections: language → place among its parts, from 0 → `kind`, `number`, `title`, `text`, `depth`; or
        `remove`, or `join` (to the part before)
    :param seen: `made` of the preview that was looked at; corrections of one that has changed since are refused
    :returns: as npa_version_import

    Errors: NotAuthorized, ObjectNotFound; ValidationError naming the part.
    """
    data = valid(context, data_dict, schema.version_update())
    toolkit.check_access("npa_version_update", context, data)
    act = acts.locked(data["id"])
    preview = acts.preview(act)
    if preview is None:
        refuse("id", npa_refusal("no_preview"))
    if data.get("seen") and data["seen"] != preview.made.isoformat():
        refuse("seen", toolkit._("The text has changed meanwhile. Look at it again: nothing of this was kept."))
    given: dict[str, tuple[Part, ...]] = {}
    problems = dict(preview.problems or {})
    for language, changes in data["corrections"].items():
        parts, wrong = importing.corrected(texts.parts_of(preview.rows, language), changes)
        if wrong:
            place, what = next(iter(wrong.items()))
            refuse("corrections", _wrong(place + 1, what))
        given[language] = parts
        of_file = [one for one in problems.get(language, []) if one["code"] not in STRUCTURE_CODES]
        problems[language] = [*of_file, *importing.structure_problems(parts)]
    preview = importing.store_preview(act, given, problems, user_id(context))
    model.Session.commit()
    return {"problems": preview.problems, "parts": len(preview.rows)}


def _wrong(place: int, what: str) -> str:
    if what == "join":
        return toolkit._("Part {place}: there is no part before it.").format(place=place)
    return toolkit._("Part {place}: it lies too deep; the part before it does not hold it.").format(place=place)


def npa_version_delete(context: Context, data_dict: DataDict) -> None:
    """Throw the preview away; published versions stay for ever.

    :param id: name or id of the package

    Errors: NotAuthorized, ObjectNotFound.
    """
    data = valid(context, data_dict, schema.act())
    toolkit.check_access("npa_version_delete", context, data)
    preview = acts.preview(acts.locked(data["id"]))
    if preview is not None:
        model.Session.delete(preview)
    model.Session.commit()


def npa_version_publish(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Publish the preview as a new version of an act that is discussed or considered.

    Parts that stayed or were edited keep their comments; those on what is gone are led to where they belong.

    :param id: name or id of the package
    :param note: what changed and why, by language
    :returns: `version` and `led`, where comments were led

    Errors: NotAuthorized, ObjectNotFound; ValidationError with the reason.
    """
    data = valid(context, data_dict, schema.version_publish())
    toolkit.check_access("npa_version_publish", context, data)
    act = acts.locked(data["id"])
    _check_open(act)
    preview = acts.preview(act)
    if not act.version:
        refuse("id", npa_refusal("unpublished"))
    if preview is None:
        refuse("id", npa_refusal("no_preview"))
    if texts.lacking(preview.rows):
        refuse("id", npa_refusal("languages"))
    number = versioning.publish(act, preview, user_id(context), data.get("note") or {})
    save_passport(context, act)
    version_published.send(act.package_id, version=number)
    return {"version": number, "led": versioning.leads(act, number)}


def _check_open(act: Any) -> None:
    if act.stage not in {"draft", "discussion", "consideration"}:
        refuse("id", toolkit._("The text of an act stays as it is once its report is published or it was withdrawn."))


@toolkit.side_effect_free
def npa_version_compare(context: Context, data_dict: DataDict) -> dict[str, Any]:
    """Show what changed between two versions, part by part.

    :param id: name or id of the package
    :param old: number of the earlier version
    :param new: number of the later one
    :param language: `kk` (default) or `ru`
    :returns: `changes`, each with `id`, `label`, `state` (same, edited, moved, added, removed) and `pieces`
        (`same`, `ins`, `del`, each with its words); `led`, where comments went; `counts` by state

    Errors: NotAuthorized; ObjectNotFound where a version is not there.
    """
    data = valid(context, data_dict, schema.version_compare())
    toolkit.check_access("npa_version_compare", context, data)
    act = acts.get(data["id"])
    if not data["old"] or not data["new"]:
        raise toolkit.ObjectNotFound(toolkit._("There is no such version."))
    changes = versioning.compare(act, data["old"], data["new"], data["language"])
    counts: dict[str, int] = {}
    for change in changes:
        counts[change["state"]] = counts.get(change["state"], 0) + 1
    return {"changes": changes, "counts": counts, "led": versioning.leads(act, data["new"])}
