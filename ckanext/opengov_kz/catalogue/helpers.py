"""What the templates ask of the catalogue: plain values and dicts."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit

from ckanext.opengov_kz.catalogue import reference

__all__ = ["catalogue_holder_categories", "catalogue_review"]


def catalogue_holder_categories(field: Any = None) -> list[dict[str, Any]]:  # noqa: ARG001
    """List the kinds of information holders as choices: code and labels in three languages."""
    categories = reference.load("holder_categories")["categories"]
    return [{"value": c["code"], "label": c["label_translated"]} for c in categories]


def catalogue_review(dataset_id: str) -> dict[str, Any]:
    """Tell where a dataset stands in its review, to those who write for its publisher; see `catalogue_review_show`."""
    return toolkit.get_action("catalogue_review_show")({}, {"id": dataset_id})
