"""When a mail is tried again, and what a person's switch means for it. Pure: "now" is passed in."""

from __future__ import annotations

import datetime as dt
from typing import Literal

How = Literal["now", "daily", "none"]

#: At once, once a day, or in the portal alone.
HOW: tuple[How, ...] = ("now", "daily", "none")
#: States of a notice's mail. `sending` is what a worker took: one that dies there leaves it so, as nobody knows then
#: whether the mail server has it, and a mail is never sent twice.
WAITING, DAILY, SENDING, SENT, FAILED, NONE = "waiting", "daily", "sending", "sent", "failed", "none"
_PAUSES = (1, 5, 15, 60, 240, 720)


def mail_state(how: str, *, has_address: bool) -> str:
    """The first state of a notice's mail."""
    if not has_address or how == "none":
        return NONE
    return DAILY if how == "daily" else WAITING


def next_try(tries: int, now: dt.datetime) -> dt.datetime | None:
    """When a mail that was refused so often is tried again; None when it is given up, after most of a day."""
    return now + dt.timedelta(minutes=_PAUSES[tries - 1]) if tries <= len(_PAUSES) else None
