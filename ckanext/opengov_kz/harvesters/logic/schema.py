"""What may come in."""

from __future__ import annotations

from typing import Any

from ckan.logic.schema import validator_args
from ckan.types import Schema


@validator_args
def source(not_empty: Any, unicode_safe: Any) -> Schema:
    """A harvest source, by its id or name."""
    return {"id": [not_empty, unicode_safe]}
