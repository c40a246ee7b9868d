"""A stand-in for a statistical database: a real HTTP server that speaks the contract of ``client.py``.

    python -m ckanext.opengov_kz.harvesters.statistics.simulator --port 5997 --indicators 5 --years 10

For tests it is a context manager::

    with StatisticsSimulator(generate(2)) as database:
        database.fail("/api/indicators/population", status=503, times=2)
        database.revise("population", 3)        # three values are revised and published anew
        database.publish("population")          # a further quarter
"""

from __future__ import annotations

import argparse
import hashlib
import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from ckanext.opengov_kz.catalogue import reference
from ckanext.opengov_kz.harvesters.simulating import Answer, SimulatedAgency
from ckanext.opengov_kz.harvesters.statistics.client import MAX_PAGE_SIZE

Item = dict[str, Any]

_VALUES = re.compile(r"/api/indicators/([^/]+)/values")
_FIRST_YEAR = 2020
_FIRST_DAY = date(2020, 4, 15)
_QUARTERS = 4
_INDICATORS = (
    ("population", "Халық саны", "Численность населения", "Population", "адам", "человек", "population"),
    ("unemployment", "Жұмыссыздық деңгейі", "Уровень безработицы", "Unemployment rate", "пайыз", "процент", "labour"),
    ("wages", "Орташа айлық жалақы", "Средняя заработная плата", "Average wage", "теңге", "тенге", "labour"),
    (
        "prices",
        "Тұтыну бағаларының индексі",
        "Индекс потребительских цен",
        "Consumer price index",
        "пайыз",
        "процент",
        "prices",
    ),
)


@dataclass
class SimulatedIndicator:
    """An indicator as the database holds it: ``values`` in force, in the order of periods and territories."""

    about: Item
    values: list[Item] = field(default_factory=list)
    publications: int = 1

    @property
    def version(self) -> str:
        """The name of the last publication: its day."""
        return _published(self.publications)


class StatisticsSimulator(SimulatedAgency):
    """The database; ``indicators`` by code."""

    def __init__(
        self, indicators: Iterable[SimulatedIndicator] = (), *, host: str = "127.0.0.1", port: int = 0
    ) -> None:
        """Open the port (0: any free one)."""
        super().__init__(host=host, port=port)
        self.indicators = {entry.about["code"]: entry for entry in indicators}

    def revise(self, code: str, count: int) -> list[Item]:
        """Publish the first ``count`` values anew, each another one; they are returned as they were."""
        with self._lock:
            entry = self.indicators[code]
            entry.publications += 1
            former = [dict(item) for item in entry.values[:count]]
            for item in entry.values[:count]:
                item.update(value=_number(f"{item['value']}/revised"), published=entry.version)
        return former

    def publish(self, code: str) -> None:
        """Publish the values of a further quarter."""
        with self._lock:
            entry = self.indicators[code]
            entry.publications += 1
            quarters = len({item["period"] for item in entry.values})
            entry.values.extend(_quarter(code, quarters, entry.version))

    def answer(self, path: str, query: dict[str, str]) -> Answer:
        """Answer a request in the contract's form."""
        page, size = int(query.get("page", "1")), min(int(query.get("size", "100")), MAX_PAGE_SIZE)
        with self._lock:
            if path == "/api/indicators":
                return _paged([{**e.about, "version": e.version} for e in self.indicators.values()], page, size, {})
            match = _VALUES.fullmatch(path)
            entry = self.indicators.get(match[1]) if match else None
            if entry is None:
                return Answer({"error": "not found"}, status=404)
            if query.get("version", entry.version) != entry.version:
                return Answer({"error": "gone"}, status=410)
            return _paged(entry.values, page, size, {"indicator": entry.about["code"], "version": entry.version})


def generate(indicators: int, *, years: int = 3) -> list[SimulatedIndicator]:
    """Make so many indicators, quarterly, for the country and its 20 regions; always the same."""
    made = []
    for number in range(indicators):
        code, kaz, rus, eng, unit_kaz, unit_rus, topic = _INDICATORS[number % len(_INDICATORS)]
        suffix = f"-{number}" if number >= len(_INDICATORS) else ""
        about = {
            "code": f"{code}{suffix}", "name_kaz": kaz, "name_rus": rus, "name_eng": eng, "unit_kaz": unit_kaz,
            "unit_rus": unit_rus, "period": "QUARTER", "topic": topic,
        }  # fmt: skip
        quarters = range(years * _QUARTERS)
        values = [item for quarter in quarters for item in _quarter(about["code"], quarter, _published(1))]
        made.append(SimulatedIndicator(about, values))
    return made


def _quarter(code: str, quarter: int, published: str) -> list[Item]:
    period = f"{_FIRST_YEAR + quarter // _QUARTERS}-Q{quarter % _QUARTERS + 1}"
    country = {"kato": None, "title_translated": {"kk": "Қазақстан Республикасы", "ru": "Республика Казахстан"}}
    return [
        {
            "period": period,
            "kato": place["kato"],
            "territory_kaz": place["title_translated"]["kk"],
            "territory_rus": place["title_translated"]["ru"],
            "value": _number(f"{code}/{period}/{place['kato']}"),
            "published": published,
            "note": None,
        }
        for place in (country, *reference.load("regions"))
    ]


def _number(text: str) -> str:
    return f"{int(hashlib.sha256(text.encode()).hexdigest()[:8], 16) % 1_000_000 / 10:.1f}"


def _published(publication: int) -> str:
    return (_FIRST_DAY + timedelta(days=91 * publication)).isoformat()


def _paged(items: list[Item], page: int, size: int, head: Item) -> Answer:
    pages = max(1, -(-len(items) // size))
    if not 1 <= page <= pages:
        return Answer({"error": "no such page"}, status=404)
    start = (page - 1) * size
    numbers = {"page": page, "pages": pages, "total": len(items)}
    return Answer({**head, **numbers, "items": [dict(item) for item in items[start : start + size]]})


def main(arguments: list[str] | None = None) -> None:
    """Serve until interrupted; the first line of output is the address."""
    parser = argparse.ArgumentParser(
        prog="python -m ckanext.opengov_kz.harvesters.statistics.simulator",
        description="A stand-in for a statistical database.",
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0: any free port")
    parser.add_argument("--indicators", type=int, default=4, metavar="N")
    parser.add_argument("--years", type=int, default=5, metavar="N")
    parser.add_argument("--change-every", type=float, metavar="SECONDS", help="revise and publish so often")
    options = parser.parse_args(arguments)
    made = generate(options.indicators, years=options.years)
    with StatisticsSimulator(made, host=options.host, port=options.port) as database:
        print(database.url, flush=True)  # noqa: T201 - a command's output
        try:
            while True:
                time.sleep(options.change_every or 3600)
                for code in database.indicators if options.change_every else ():
                    database.revise(code, 5)
                    database.publish(code)
        except KeyboardInterrupt:
            return


if __name__ == "__main__":
    main()
