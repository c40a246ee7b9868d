"""What templates ask of the search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from markupsafe import Markup

from ckanext.opengov_kz.search import highlighting, outcome


def search_outcome() -> dict[str, Any]:
    """Give how the search of this page was understood; empty when there was none."""
    return dict(outcome.of_request() or {})


def search_highlights(packages: Sequence[dict[str, Any]], q: str) -> dict[str, dict[str, Markup]]:
    """Give titles and descriptions of shown things with what matched in `<mark>`: id → field → text."""
    return highlighting.of_packages(packages, q)
