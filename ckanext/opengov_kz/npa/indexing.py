"""What the search and the lists know of an act beside its passport: the full text of its parts, its body and kind."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from ckan import model

from . import acts, texts
from .model import Act, Version


def document(dataset: dict[str, Any]) -> dict[str, Any]:
    """Adds the full text of the published version to a document; the search analyses it by language."""
    if dataset.get("dataset_type", dataset.get("type")) != acts.TYPE:
        return dataset
    latest = (
        sa.select(Version.rows)
        .join(Act, sa.and_(Act.package_id == Version.package_id, Act.version == Version.number))
        .where(Version.package_id == dataset["id"], Version.number > 0)
    )
    rows = model.Session.scalar(latest)
    if not rows:
        return dataset
    said = {f"text_{language}": texts.full_text(rows, language) for language in texts.LANGUAGES}
    return dataset | {name: [*dataset.get(name, []), text] for name, text in said.items() if text}


def follow(dataset: dict[str, Any]) -> None:
    """A passport was saved: lists are filtered by what it says now."""
    if dataset.get("type") == acts.TYPE:
        acts.follow_passport(acts.package(dataset["id"]))
