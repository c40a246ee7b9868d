"""The working days of Kazakhstan, and terms that are counted in them.

Holidays: Labour Code of 23 November 2015 (No. 414-V), articles 84 and 85, and the Law "On Holidays" of 13 December 2001
(No. 267), as the library `holidays` knows them. Days that the Government moves, and Kurban Ait before it is announced,
stand above it as overrides. A term is counted from the day after receipt: the day of receipt is day 0.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

import holidays

Why = Literal["working", "weekend", "holiday", "made_working", "made_free"]

#: All of Kazakhstan has one time since 1 March 2024.
ZONE = ZoneInfo("Asia/Almaty")
_SATURDAY = 5
_LONGEST_TERM = 1000
#: The languages in which `holidays` names the days of Kazakhstan; it has no Russian.
_NAMED = {"kk": "kk", "en": "en_US"}
_RUSSIAN = {
    "Жаңа жыл": "Новый год",
    "Православиелік Рождество": "Православное Рождество",
    "Халықаралық әйелдер күні": "Международный женский день",
    "Наурыз мейрамы": "Наурыз мейрамы",
    "Қазақстан халқының бірлігі мерекесі": "Праздник единства народа Казахстана",
    "Отан қорғаушы күні": "День защитника Отечества",
    "Жеңіс күні": "День Победы",
    "Құрбан айт": "Курбан айт",
    "Астана күні": "День столицы",
    "Қазақстан Республикасының Конституциясы күні": "День Конституции Республики Казахстан",
    "Қазақстан Республикасы күні": "День Республики",
    "Республика күні": "День Республики",
    "Тәуелсіздік күні": "День Независимости",
    "Демалыс күні": "Выходной день",
}
#: What the library says behind a name, in Kazakh → in Russian.
_REMARKS = (
    (re.compile(r"қайта белгіленген демалыс"), "перенос"),
    (re.compile(r"бағаланған"), "предположительно"),
    (re.compile(r"(\S+) бастап ауыстырылды"), r"перенос с \1"),
)


@dataclass(frozen=True)
class Day:
    """One day of a term as it was counted: `number` from 1 on, None where it does not count; its holiday's name."""

    day: dt.date
    number: int | None
    why: Why
    name: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class WorkCalendar:
    """`overrides`: day → whether one works on it, whatever the week and the holidays say."""

    overrides: Mapping[dt.date, bool] = field(default_factory=dict)

    def why(self, day: dt.date) -> Why:
        """What a day is, and why."""
        if day in self.overrides:
            return "made_working" if self.overrides[day] else "made_free"
        if day in _holidays(day.year, "kk"):
            return "holiday"
        return "weekend" if day.weekday() >= _SATURDAY else "working"

    def is_working(self, day: dt.date) -> bool:
        """Whether one works on a day."""
        return self.why(day) in {"working", "made_working"}

    def explain(self, received: dt.date, days: int) -> list[Day]:
        """Each day from the one after receipt to the last of the term. Raises ValueError for a term that is none."""
        if not 1 <= days <= _LONGEST_TERM:
            raise ValueError(f"a term of {days} working days")
        told: list[Day] = []
        number = 0
        for day in _days_after(received):
            why = self.why(day)
            counts = why in {"working", "made_working"}
            number += counts
            told.append(Day(day, number if counts else None, why, holiday_name(day) if why == "holiday" else {}))
            if number == days:
                return told
        raise AssertionError("the days end nowhere")

    def add_working_days(self, received: dt.date, days: int) -> dt.date:
        """The last day of a term of so many working days; as `explain`."""
        return self.explain(received, days)[-1].day

    def next_working_day(self, day: dt.date) -> dt.date:
        """The day itself where people work on it, else the first one after it."""
        return day if self.is_working(day) else self.add_working_days(day, 1)

    def working_days_between(self, start: dt.date, end: dt.date) -> int:
        """How many working days come after `start` and not after `end`; below 0 where `end` is the earlier one."""
        if end < start:
            return -self.working_days_between(end, start)
        return sum(self.is_working(start + dt.timedelta(days=n)) for n in range(1, (end - start).days + 1))


def day_of(moment: dt.datetime) -> dt.date:
    """The day in Kazakhstan of a moment; one without a zone is in UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).astimezone(ZONE).date()


def holiday_name(day: dt.date) -> dict[str, str]:
    """The name of a holiday in kk, ru and en; empty for any other day."""
    named = {language: str(_holidays(day.year, code).get(day) or "") for language, code in _NAMED.items()}
    if not named["kk"]:
        return {}
    kazakh = named["kk"].replace("Отан Қорғаушы", "Отан қорғаушы")
    name, _bracket, remark = kazakh.partition(" (")
    for pattern, russian in _REMARKS:
        remark = pattern.sub(russian, remark)
    return {**named, "kk": kazakh, "ru": _RUSSIAN.get(name, name) + (f" ({remark}" if remark else "")}


def _days_after(day: dt.date) -> Iterator[dt.date]:
    while True:
        day += dt.timedelta(days=1)
        yield day


@lru_cache(maxsize=200)
def _holidays(year: int, language: str) -> holidays.HolidayBase:
    return holidays.KZ(years=year, language=language, expand=False)
