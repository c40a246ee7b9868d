"""One line of the table of ratios."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Result:
    """Seconds of ours and of the baseline for the same work, measured in one run."""

    question: str
    ours: float
    baseline: float

    @property
    def ratio(self) -> float:
        """How many times faster ours is."""
        return self.baseline / self.ours
