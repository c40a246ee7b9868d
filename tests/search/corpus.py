"""A small catalogue to search in, and how people ask it."""

from __future__ import annotations

from typing import Any

from tests.catalogue.records import act, dataset


def made(**texts: tuple[str, str]) -> dict[str, dict[str, Any]]:
    """Datasets by name, each with a Kazakh and a Russian title."""
    return {
        key: dataset(title_translated={"kk": kk, "ru": ru}, notes_translated={"kk": kk + ".", "ru": ru + "."})
        for key, (kk, ru) in texts.items()
    }


def names(query: str, **given: Any) -> list[str]:
    """What the search finds, in its order."""
    return [hit["name"] for hit in act("package_search", q=query, **given)["results"]]
