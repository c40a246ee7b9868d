"""What the templates ask of publishing: words for codes, and a table as plain values."""

from __future__ import annotations

from .column_words import publishing_column_type, publishing_columns_note
from .tables import publishing_table
from .words import (
    publishing_cell,
    publishing_change_kind,
    publishing_dictionary,
    publishing_merge_error,
    publishing_moment,
    publishing_number,
    publishing_reject_reason,
    publishing_run_mode,
    publishing_run_state,
    publishing_text,
)

__all__ = [
    "publishing_cell",
    "publishing_change_kind",
    "publishing_column_type",
    "publishing_columns_note",
    "publishing_dictionary",
    "publishing_merge_error",
    "publishing_moment",
    "publishing_number",
    "publishing_reject_reason",
    "publishing_run_mode",
    "publishing_run_state",
    "publishing_table",
    "publishing_text",
]
