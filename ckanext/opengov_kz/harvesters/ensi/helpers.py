"""Classifiers in words, for templates: plain texts in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ckan.plugins import toolkit

from ckanext.opengov_kz.shared.languages import Picked, pick


def harvesting_classifier_versions(package_id: str) -> list[dict[str, Any]]:
    """The versions of a classifier, the newest first; none for a dataset that is no classifier."""
    try:
        return toolkit.get_action("harvesting_classifier_version_list")({}, {"id": package_id})
    except (toolkit.ObjectNotFound, toolkit.NotAuthorized):
        return []


def harvesting_item_name(item: Mapping[str, Any]) -> Picked:
    """The name of an item for the reader: their language first; the code where it has no name."""
    name = pick({"kk": item["name_kk"], "ru": item["name_ru"]}, toolkit.h.lang())
    return name if name.text else Picked(str(item["code"]), "", is_fallback=False)


def harvesting_validity(item: Mapping[str, Any]) -> str:
    """When an item is in force, in words; empty where neither bound is known."""
    since, until = item["since"], item["until"]
    if since and until:
        return toolkit._("in force from {since} to {until}").format(
            since=toolkit.h.catalogue_date(since), until=toolkit.h.catalogue_date(until)
        )
    if since:
        return toolkit._("in force from {since}").format(since=toolkit.h.catalogue_date(since))
    return toolkit._("in force until {until}").format(until=toolkit.h.catalogue_date(until)) if until else ""


def harvesting_change_text(kind: str) -> str:
    """What happened to an item."""
    return {
        "added": toolkit._("added"),
        "changed": toolkit._("changed"),
        "closed": toolkit._("closed"),
        "reopened": toolkit._("in force again"),
        "past": toolkit._("another period told"),
    }.get(kind, kind)


def harvesting_change_details(change: Mapping[str, Any]) -> list[dict[str, str]]:
    """What differs in a change, as ``{"label", "before", "after"}``; empty for what has no state before it."""
    before, after = change["previous"], change["item"]
    if before is None:
        return []
    labels = {
        "parent_code": toolkit._("Parent code"),
        "name_kk": toolkit._("Name in Kazakh"),
        "name_ru": toolkit._("Name in Russian"),
        "level": toolkit._("Level"),
        "valid_from": toolkit._("In force from"),
        "valid_to": toolkit._("In force until"),
    }
    return [
        {"label": label, "before": _shown(before[name]), "after": _shown(after[name])}
        for name, label in labels.items()
        if before[name] != after[name]
    ]


def _shown(value: object) -> str:
    return "—" if value is None else str(value)
