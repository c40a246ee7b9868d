"""What a source's record does not hold: its schedule beyond ckanext-harvest's words, and its approval."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from ckan import model
from ckan.types import Context
from ckanext.harvest.model import HarvestSource

from ckanext.opengov_kz.harvesters import rules, scheduling
from ckanext.opengov_kz.harvesters.model import SourceState, utc_now


def is_source(data_dict: Mapping[str, Any]) -> bool:
    """Whether a record that is to be saved is a harvest source, whatever type it says it has."""
    if data_dict.get("type") == "harvest":
        return True
    stored = model.Package.get(data_dict.get("id"))
    return stored is not None and stored.type == "harvest"


def stored(source_id: str) -> dict[str, Any] | None:
    """What an administrator has seen of a source: its address, kind and owner; None before it is stored."""
    record = model.Package.get(source_id) if source_id else None
    source: Any = HarvestSource.get(record.id) if record else None
    if record is None or source is None:
        return None
    return {"url": source.url, "source_type": source.type, "owner_org": record.owner_org}


def remember(source_id: str, frequency: str, user: str, *, is_trusted: bool, before: Mapping[str, Any] | None) -> bool:
    """Keeps the schedule and the approval of a source that was saved.

    :param frequency: one of `rules.FREQUENCIES`, or nothing where it stays as it is
    :param before: of `stored`, before it was saved
    :returns: whether it waits for an approval now that it did not wait for before
    """
    now = datetime.now(UTC).replace(microsecond=0)
    state = SourceState.of(source_id)
    if frequency and frequency != state.frequency:
        state.frequency = frequency
        scheduling.reschedule(source_id, frequency, now)
    after = stored(source_id) or {}
    is_new = before is None or rules.needs_approval(before, after)
    if is_new and (before is None or not is_trusted):
        state.approval = rules.APPROVED if is_trusted else rules.PENDING
        state.asked_by, state.asked_at, state.reason = user, utc_now(), ""
        state.decided_by, state.decided_at = (user, utc_now()) if is_trusted else ("", None)
    model.Session.commit()
    return is_new and not is_trusted


class SourceHooks:
    """A hook of IPackageController."""

    def after_dataset_show(self, context: Context, pkg_dict: dict[str, Any]) -> None:  # noqa: ARG002 - CKAN's signature
        """Shows the schedule that ckanext-harvest has no word for."""
        if pkg_dict.get("type") == "harvest":
            state = SourceState.of_all([pkg_dict["id"]]).get(pkg_dict["id"])
            if state is not None:
                pkg_dict["frequency"] = state.frequency
