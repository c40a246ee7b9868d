"""What may come in."""

from __future__ import annotations

from typing import Any

from ckan.logic.schema import validator_args
from ckan.types import Schema

#: A refusal carries a reason, as a dataset's way back from review does.
from ckanext.opengov_kz.catalogue.logic.schema import review_return as refusal

__all__ = ["deletion", "refusal", "source"]


@validator_args
def source(not_empty: Any, unicode_safe: Any) -> Schema:
    """A harvest source, by its id or name; a dataset likewise."""
    return {"id": [not_empty, unicode_safe]}


@validator_args
def deletion(not_empty: Any, unicode_safe: Any, ignore_missing: Any, boolean_validator: Any) -> Schema:
    """Whether the datasets of a source go with it."""
    return {"id": [not_empty, unicode_safe], "with_datasets": [ignore_missing, boolean_validator]}
