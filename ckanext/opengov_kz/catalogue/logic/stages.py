"""Keeps a dataset's stage and its visibility together, whatever way it is saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ckan.lib.navl.dictization_functions import missing
from ckan.plugins import toolkit

from ckanext.opengov_kz.catalogue import review
from ckanext.opengov_kz.catalogue.logic import auth

if TYPE_CHECKING:
    from ckan.types import Context, DataDict

FIELD = "review_state"


def settle(context: Context, data_dict: DataDict, action: str) -> dict[str, list[str]]:
    """Sets `review_state` and `private` in a dataset that is about to be validated.

    :param data_dict: what came in; changed in place
    :param action: package_create or package_update; package_show and types other than datasets are left alone
    :returns: errors by field, empty when the person may do what they ask for
    """
    if data_dict.get("type") != "dataset" or action == "package_show":
        return {}
    stage = data_dict.get(FIELD) or None
    if stage is not None and stage not in review.STAGES:
        return {FIELD: [toolkit._("Unknown stage. Known are: %(stages)s") % {"stages": ", ".join(review.STAGES)}]}
    package = context.get("package") if action == "package_update" else None
    user, trusted = context.get("user"), auth.trusted(context)
    owner_org = data_dict.get("owner_org") or (package.owner_org if package else None)
    asked = {
        "stage": stage,
        "private": _private(data_dict.get("private")),
        "may_publish": auth.may_publish(user, owner_org),
        "trusted": trusted,
    }
    now = auth.stage_of(package) if package else None
    wish = review.wish_on_update(now, **asked) if now else review.wish_on_create(**asked)
    data_dict[FIELD], data_dict["private"] = wish.stage, wish.stage != review.PUBLISHED
    if wish.refused:
        return {wish.refused: [_refusal(wish.refused)]}
    if trusted or wish.stage != review.PUBLISHED:
        return {}
    if not asked["may_publish"]:
        # A published dataset may not be moved to a body for which the person only writes drafts.
        return {"owner_org": [toolkit._("You may not publish for this body.")]}
    return untranslated_errors(data_dict)


def untranslated_errors(dataset: DataDict) -> dict[str, list[str]]:
    """What publication lacks, as validation errors; empty when Kazakh and Russian stand everywhere."""
    words = {
        "kk": toolkit._("To be published, this needs its text in Kazakh."),
        "ru": toolkit._("To be published, this needs its text in Russian."),
    }
    errors: dict[str, list[str]] = {}
    for field, language in review.untranslated(dataset):
        texts = errors.setdefault(field, [])
        if words[language] not in texts:
            texts.append(words[language])
    return errors


def _private(value: Any) -> bool | None:
    if value is None or value is missing or value == "":
        return None
    return str(value).strip().lower() in {"true", "yes", "t", "y", "1", "on"}


def _refusal(field: str) -> str:
    if field == "private":
        return toolkit._("Only an editor or an administrator of the publisher may publish: submit it for review.")
    return toolkit._("The stage changes by submitting, publishing, returning or withdrawing, not by editing.")
