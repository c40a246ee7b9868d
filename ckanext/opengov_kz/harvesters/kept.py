"""What is kept at a harvest object: JSON notes for the source's page, problems, and which object is a table's last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ckan import model
from ckanext.harvest.model import HarvestObject, HarvestObjectError, HarvestObjectExtra

from ckanext.opengov_kz.harvesters.rules import Problem, Record


def make_current(harvest_object: Record, package_id: str) -> None:
    """Makes this object the last good one of its table, with the dataset that came of it."""
    model.Session.query(HarvestObject).filter(
        HarvestObject.guid == harvest_object.guid,
        HarvestObject.harvest_source_id == harvest_object.harvest_source_id,
        HarvestObject.current.is_(True),
    ).update({"current": False}, synchronize_session=False)
    harvest_object.package_id = package_id
    harvest_object.current = True
    harvest_object.save()


def fail(harvest_object: Record, problem: Problem, stage: str) -> None:
    """Keeps a problem of a stage (Fetch, Import); its words are made where it is shown."""
    HarvestObjectError.create(message=problem.as_message(), object=harvest_object, stage=stage)


def _stored_note(harvest_object: Record, key: str) -> Record | None:
    return model.Session.query(HarvestObjectExtra).filter_by(harvest_object_id=harvest_object.id, key=key).first()


def noted(harvest_object: Record, key: str) -> dict[str, Any] | None:
    """Reads a note back; None if there is none."""
    stored = _stored_note(harvest_object, key)
    return json.loads(stored.value) if stored else None


def note(harvest_object: Record, key: str, value: Mapping[str, Any]) -> None:
    """Keeps a JSON note at a harvest object; the last one of each key stays."""
    stored = _stored_note(harvest_object, key)
    text = json.dumps(value, ensure_ascii=False, default=str)
    if stored is None:
        model.Session.add(HarvestObjectExtra(object=harvest_object, key=key, value=text))
    else:
        stored.value = text
    model.Session.commit()
