"""What may come in."""

from __future__ import annotations

from typing import Any

from ckan.logic.schema import validator_args
from ckan.types import Schema


@validator_args
def dataset(not_empty: Any, unicode_safe: Any) -> Schema:
    """A dataset, by its id or name."""
    return {"id": [not_empty, unicode_safe]}
