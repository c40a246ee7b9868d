"""What the templates ask of the catalogue: plain values and dicts."""

from __future__ import annotations

from typing import Any

from ckanext.opengov_kz.catalogue import reference

__all__ = ["catalogue_holder_categories"]


def catalogue_holder_categories(field: Any = None) -> list[dict[str, Any]]:  # noqa: ARG001
    """List the kinds of information holders as choices: code and labels in three languages."""
    categories = reference.load("holder_categories")["categories"]
    return [{"value": c["code"], "label": c["label_translated"]} for c in categories]
