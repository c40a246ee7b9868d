"""What a merge is told and what it tells: limits, report, and why it was not done."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from .rules import RejectedRow

Mode = Literal["snapshot", "delta", "append"]
MODES: tuple[Mode, ...] = get_args(Mode)


@dataclass(frozen=True)
class Limits:
    """When a merge stops and leaves everything as it was. Shares are judged from `from_rows` rows on."""

    rejected_share: float = 0.2
    rejected_rows: int | None = None
    #: Of the open rows, what a snapshot may close: the commonest silent loss is an agency that sends half a register.
    #: An empty snapshot closes nothing unless the share is 1.
    closed_share: float = 0.5
    from_rows: int = 100
    #: How many rejected rows the report shows.
    errors: int = 100


@dataclass
class MergeReport:
    """What a merge did. `read` = inserted + updated + unchanged + rejected, and in a delta + closed."""

    read: int = 0
    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    closed: int = 0
    rejected: int = 0
    #: A row without a readable key may be any of those that seem absent: such a snapshot closes nothing.
    closing_skipped: bool = False
    #: Whether each changed row was written down (changes.py).
    changes_kept: bool = False
    errors: list[RejectedRow] = field(default_factory=list)
    seconds: dict[str, float] = field(default_factory=dict)
    #: The entry of the history (runs.py).
    run_id: str = ""

    @property
    def changed(self) -> int:
        """Rows that were written."""
        return self.inserted + self.updated + self.closed

    def counts(self) -> dict[str, int]:
        """How many rows came to what."""
        return {name: getattr(self, name) for name in COUNTS}

    def as_dict(self) -> dict[str, Any]:
        """Plain values, fit for JSON."""
        return asdict(self)

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Measures one stage into `seconds`."""
        began = time.monotonic()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0) + time.monotonic() - began, 3)


COUNTS = ("read", "inserted", "updated", "unchanged", "closed", "rejected")


class MergeError(Exception):
    """The merge was not done and nothing was written.

    `code` is one of `no_table`, `no_key`, `key_columns`, `key_mismatch`, `column_type`, `heading`, `unknown_column`,
    `missing_column`, `database`, `busy`, `rejected_limit`, `closed_limit`; `helpers.publishing_merge_error` says it in
    words. `detail` names the column or the number concerned; `report` holds what was found until then.
    """

    def __init__(self, code: str, detail: str = "", report: MergeReport | None = None) -> None:
        super().__init__(f"{code}: {detail}" if detail else code)
        self.code = code
        self.detail = detail
        self.report = report


class MergeBusy(MergeError):  # noqa: N818 - a state, named as such
    """Another merge into the same resource is running."""

    def __init__(self) -> None:
        super().__init__("busy")


class MergeHeld(MergeError):  # noqa: N818
    """The input is suspicious: too many rows rejected, or too many that would be closed. A person has to look."""
