"""New versions of a text: the preview becomes public, parts keep their identities, comments go where they belong."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ckan import model

from ckanext.opengov_kz.discussion import gathering

from . import acts, texts, versions
from .model import Act, Lead, Version, utc_now
from .versions import Moved


def publish(act: Act, preview: Version, user_id: str, note: dict[str, str]) -> int:
    """Makes the preview the act's public text; its number. No commit."""
    before = acts.version(act, act.version).rows if act.version else []
    preview.rows, moved = texts.identified(preview.rows, before)
    act.version += 1
    preview.number, preview.note, preview.published, preview.user_id = act.version, note, utc_now(), user_id
    _lead(act, moved, {row["id"] for row in preview.rows})
    acts.note_step(act, "version", user_id, details={"version": act.version})
    return act.version


def _lead(act: Act, moved: Sequence[Moved], here: set[str]) -> None:
    """Comments on a part that was only split stay with it: it lives on."""
    targets: dict[str, str | None] = {}
    for one in moved:
        lead = Lead(package_id=act.package_id, version=act.version)
        lead.old_identity, lead.new_identity, lead.how = one.old_identity, one.new_identity, one.how
        model.Session.add(lead)
        if one.how != "split" and one.old_identity not in here:
            targets[one.old_identity] = one.new_identity
    gathering.lead(acts.TYPE, act.package_id, targets)


def leads(act: Act, version: int) -> list[dict[str, Any]]:
    """Where comments on parts of the version before were led."""
    query = model.Session.query(Lead).filter_by(package_id=act.package_id, version=version).order_by(Lead.id)
    return [{"old": one.old_identity, "new": one.new_identity, "how": one.how} for one in query]


def compare(act: Act, old: int, new: int, language: str) -> list[dict[str, Any]]:
    """What became of each part between two versions, in one language: `id`, `label`, `state`, `pieces`.

    Raises ObjectNotFound where a version is not there.
    """
    before, after = acts.version(act, old).rows, acts.version(act, new).rows
    labels = {row["id"]: row["label"] for row in (*before, *after)}
    depths = {row["id"]: row["depth"] for row in (*before, *after)}
    changes = versions.compare(texts.parts_of(before, language), texts.parts_of(after, language))
    return [
        {
            "id": change.identity,
            "label": labels[change.identity],
            "depth": depths[change.identity],
            "state": change.state,
            "pieces": [list(piece) for piece in change.pieces],
        }
        for change in changes
    ]
