"""A register for the simulator: a believable tree of territories, streets, buildings and premises, of any size.

Everything is deterministic: the same arguments give the same rows. The trees stand in memory, rows of the long tables
are made when they are asked for, so that a register of millions of rows takes no more memory than its streets.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from heapq import merge
from itertools import product
from typing import Any

from ckanext.opengov_kz.harvesters.address_register.client import MOMENT, UNDATED

Item = dict[str, Any]

_STEMS = (
    ("Ақ", "Ак"), ("Қара", "Кара"), ("Көк", "Кок"), ("Сары", "Сары"), ("Қызыл", "Кызыл"),
    ("Жаңа", "Жана"), ("Бес", "Бес"), ("Ұзын", "Узын"), ("Үш", "Уш"), ("Қос", "Кос"),
)  # fmt: skip
_ENDINGS = (
    ("бұлақ", "булак"), ("төбе", "тобе"), ("көл", "коль"), ("жар", "жар"), ("тоғай", "тогай"), ("су", "су"),
    ("арал", "арал"), ("құдық", "кудук"), ("дала", "дала"), ("қайың", "кайын"), ("сай", "сай"), ("өзен", "озен"),
)  # fmt: skip
_NAMES = tuple((kk + end_kk, ru + end_ru) for (end_kk, end_ru), (kk, ru) in product(_ENDINGS, _STEMS))

#: id, code, Russian and Kazakh names, their short forms.
_TYPES = {
    "d_ats_types": (
        ("республика", "республика", "респ.", "респ."), ("область", "облыс", "обл.", "обл."),
        ("район", "аудан", "р-н", "ауд."), ("село", "ауыл", "с.", "а."),
    ),
    "d_geonims_types": (
        ("микрорайон", "шағын аудан", "мкр.", "ш.а."), ("улица", "көше", "ул.", "көш."),
        ("переулок", "тұйық көше", "пер.", "т.к."),
    ),
    "d_buildings_pointers": (("здание", "ғимарат", "зд.", "ғим."), ("дом", "үй", "д.", "үй")),
    "d_rooms_types": (("квартира", "пәтер", "кв.", "пәт."),
        ("нежилое помещение", "тұрғын емес үй-жай", "н.п.", "т.е.")),
}  # fmt: skip
_FIRST_MOMENT = datetime(2020, 1, 1)  # noqa: DTZ001 - the agency writes no zones
_SECONDS_APART = 20
_STREETS_PER_SETTLEMENT, _SETTLEMENTS_PER_DISTRICT, _DISTRICTS_PER_REGION = 8, 8, 12
_BUILDINGS_PER_STREET = 20
_MAX_REGIONS = 20


@dataclass
class SimulatedTable:
    """One table: `make` gives the original row of an id from 1 to `original`; what changed since stands beside."""

    name: str
    original: int
    make: Callable[[int], Item]
    changed: dict[int, Item | None] = field(default_factory=dict)
    copies: dict[int, list[Item]] = field(default_factory=dict)
    top: int = 0

    def __post_init__(self) -> None:
        """The largest id so far."""
        self.top = self.original

    @property
    def total(self) -> int:
        """How many rows it has, repeated ones too."""
        removed = sum(item is None for item in self.changed.values())
        return self.top - removed + sum(map(len, self.copies.values()))

    def get(self, number: int) -> Item | None:
        """The row with an id, if there is one."""
        if number in self.changed:
            return self.changed[number]
        return self.make(number) if 1 <= number <= self.original else None

    def rows(self, first: int = 1, last: int | None = None) -> Iterator[Item]:
        """The rows in the order of their ids."""
        for number in range(max(1, first), min(self.top, self.top if last is None else last) + 1):
            item = self.get(number)
            if item is not None:
                yield item
                yield from self.copies.get(number, ())

    def modified_since(self, moment: str) -> Iterator[Item]:
        """Rows with a `modified` not before a moment, in the order of their ids, by which original ones are dated."""
        seconds = (datetime.fromisoformat(moment) - _FIRST_MOMENT).total_seconds()
        first = max(1, int(seconds // _SECONDS_APART))
        early = sorted(number for number in self.changed if number < first)
        early += [number for number in self.copies if number < first and number not in self.changed]
        for number in sorted(early):
            yield from (item for item in self.rows(number, number) if (item.get("modified") or "") >= moment)
        yield from (item for item in self.rows(first) if (item.get("modified") or "") >= moment)

    def newest_first(self) -> Iterator[Item]:
        """Rows from the latest `modified` on, those without one last."""
        untouched = (self.make(number) for number in range(self.original, 0, -1) if number not in self.changed)
        others = sorted((item for item in self.changed.values() if item), key=_moment, reverse=True)
        return merge(untouched, others, key=_moment, reverse=True)

    def put(self, number: int, /, **values: Any) -> None:
        """Changes values of a row, or adds one."""
        self.changed[number] = {**(self.get(number) or {}), **values}
        self.top = max(self.top, number)

    def remove(self, number: int) -> None:
        """Takes a row away."""
        self.changed[number] = None
        self.copies.pop(number, None)

    def repeat(self, number: int, /, **values: Any) -> None:
        """Makes a row come twice, the second time with other values if any are given."""
        self.copies.setdefault(number, []).append({**(self.get(number) or {}), **values})


class Register:
    """The nine tables. `buildings` sets the size; there are `premises` times as many premises as buildings."""

    def __init__(self, buildings: int = 2000, premises: int = 3) -> None:
        self.streets = max(1, buildings // _BUILDINGS_PER_STREET)
        ats, self._settlements = _territories(max(1, self.streets // _STREETS_PER_SETTLEMENT))
        self._ats = ats
        self._geonims = [self._street(number) for number in range(1, self.streets + 1)]
        self._premises = premises
        makers: dict[str, tuple[int, Callable[[int], Item]]] = {
            name: (len(types), lambda number, name=name: _type(name, number)) for name, types in _TYPES.items()
        }
        makers["s_ats"] = (len(ats), lambda number: dict(ats[number - 1]))
        makers["s_geonims"] = (self.streets, lambda number: dict(self._geonims[number - 1]))
        makers["s_grounds_new"] = (buildings, self._ground)
        makers["s_buildings"] = (buildings, self._building)
        makers["s_pb"] = (buildings * premises, self._room)
        self.tables = {name: SimulatedTable(name, count, make) for name, (count, make) in makers.items()}
        self._days = 0

    def total(self) -> int:
        """Rows of all tables."""
        return sum(table.total for table in self.tables.values())

    def change(self, share: float = 0.01, at: datetime | None = None, *, removed: int = 1, added: int = 1) -> None:
        """One day: a share of buildings and premises gets other numbers, a street is renamed, some come and go.

        The paths of what stands in the renamed street stay as they were, as they do in the real register.
        """
        self._days += 1
        # Not for secrets: the same day changes the same rows.
        chance = random.Random(self._days)  # noqa: S311
        moment = (at or datetime.now()).strftime(MOMENT)  # noqa: DTZ005 - the agency's own clock, without a zone
        street = self.tables["s_geonims"]
        number = chance.randint(1, street.original)
        name_kk, name_ru = _NAMES[(number + self._days * 7) % len(_NAMES)]
        street.put(number, name_rus=f"улица {name_ru}", name_kaz=f"{name_kk} көшесі", modified=moment)
        for name in ("s_buildings", "s_pb"):
            table = self.tables[name]
            for number in chance.sample(range(1, table.original + 1), max(1, int(table.original * share))):
                if table.get(number):
                    self._renumber(table, number, f"{number % 90 + 1}/{self._days}", moment)
            for number in chance.sample(range(1, table.original + 1), removed):
                table.remove(number)
            for _one in range(added):
                like = chance.randint(1, table.original)
                new = table.top + 1
                table.put(new, **{**table.make(like), "id": new, "rca": _rca(name, new), "modified": moment})

    @staticmethod
    def _renumber(table: SimulatedTable, number: int, house: str, moment: str) -> None:
        item = table.get(number) or {}
        paths = {
            key: f"{item[key].rpartition(', ')[0]}, {house}" for key in ("full_path_rus", "full_path_kaz") if item[key]
        }
        table.put(number, number=house, modified=moment, **paths)

    def _street(self, number: int) -> Item:
        settlement = self._settlements[(number - 1) // _STREETS_PER_SETTLEMENT % len(self._settlements)]
        place = (number - 1) % _STREETS_PER_SETTLEMENT
        name_kk, name_ru = _NAMES[number * 7 % len(_NAMES)]
        # The first of a settlement is a micro-district, the two after it stand in it.
        kind = (1, "микрорайон {}", "{} шағын ауданы") if place == 0 else (2, "улица {}", "{} көшесі")
        parent = number - place if place in {1, 2} else None
        rus, kaz = kind[1].format(name_ru), kind[2].format(name_kk)
        above = self._geonims_path(parent) if parent else (settlement["full_path_rus"], settlement["full_path_kaz"])
        return {
            "id": number, "parent_id": parent, "s_ats_id": settlement["id"], "d_geonims_type_id": kind[0],
            "name_rus": rus, "name_kaz": kaz,
            "full_path_rus": f"{above[0]}, {rus}", "full_path_kaz": f"{above[1]}, {kaz}",
            "rco": f"G{number:08}", "cato": settlement["cato"], "actual": True, "modified": _dated(number),
        }  # fmt: skip

    def _geonims_path(self, number: int) -> tuple[str, str]:
        item = self._street(number)
        return item["full_path_rus"], item["full_path_kaz"]

    def _ground(self, number: int) -> Item:
        street = self._geonims[(number - 1) // _BUILDINGS_PER_STREET % self.streets]
        return {
            "id": number, "s_ats_id": street["s_ats_id"], "s_geonim_id": street["id"],
            "number": str((number - 1) % _BUILDINGS_PER_STREET + 1),
            "cadastre_number": f"{street['cato'][:2]}-{number % 900 + 100:03}-{number % 1000:03}-{number:06}",
            "rca": _rca("s_grounds_new", number), **_below(street, str((number - 1) % _BUILDINGS_PER_STREET + 1)),
            "actual": True, "modified": _dated(number),
        }  # fmt: skip

    def _building(self, number: int) -> Item:
        street = self._geonims[(number - 1) // _BUILDINGS_PER_STREET % self.streets]
        house = str((number - 1) % _BUILDINGS_PER_STREET + 1)
        return {
            "id": number, "parent_id": None, "parent_rca": None, "s_ats_id": street["s_ats_id"],
            "s_geonim_id": street["id"], "s_ground_id": number, "d_buildings_pointer_id": number % 2 + 1,
            "d_buildings_pointer_code": str(number % 2 + 1), "number": house, "distance": None, "this_is": "здание",
            "rca": _rca("s_buildings", number), **_below(street, house), "actual": True, "modified": _dated(number),
        }  # fmt: skip

    def _room(self, number: int) -> Item:
        building = self._building((number - 1) // self._premises + 1)
        room = str((number - 1) % self._premises + 1)
        return {
            "id": number, "s_building_id": building["id"], "d_room_type_id": number % 2 + 1, "number": room,
            "rca": _rca("s_pb", number), **_below(building, room), "actual": True, "modified": _dated(number),
        }  # fmt: skip


def spoil(register: Register) -> None:
    """Puts one of each real defect into the register; `modified` stays, as if it had always been so."""
    ats, streets, buildings = (register.tables[name] for name in ("s_ats", "s_geonims", "s_buildings"))
    last = ats.original
    # A settlement and the district above it point to each other.
    district = (ats.get(last) or {})["parent_id"]
    ats.put(district, parent_id=last)
    streets.put(3, parent_id=999_999_999)
    streets.put(4, name_kaz="Абай КӨШЕCI")
    streets.put(6, modified=None)
    first = streets.get(5) or {}
    streets.put(7, name_rus=first["name_rus"], name_kaz=first["name_kaz"])
    buildings.put(1, full_path_rus="Акмолинская область, старый путь, 1")
    buildings.put(2, rca="123")
    buildings.put(3, s_geonim_id=888_888_888)
    buildings.put(4, modified=None)
    buildings.repeat(5)
    buildings.repeat(6, number="6 бис", modified="2019-01-01 00:00:00")
    buildings.put(7, actual="иә", modified="кеше")
    buildings.put(8, rca=(buildings.get(9) or {})["rca"])


def _territories(settlements: int) -> tuple[list[Item], list[Item]]:
    """The tree of territories and its leaves."""
    districts = -(-settlements // _SETTLEMENTS_PER_DISTRICT)
    regions = min(_MAX_REGIONS, -(-districts // _DISTRICTS_PER_REGION))
    root = {
        "id": 1, "parent_id": None, "d_ats_type_id": 1, "d_ats_type_code": "1",
        "name_rus": "Республика Казахстан", "name_kaz": "Қазақстан Республикасы",
        "full_path_rus": "Республика Казахстан", "full_path_kaz": "Қазақстан Республикасы",
        "rco": "A00000001", "cato": None, "actual": True, "modified": _dated(1),
    }  # fmt: skip
    levels = [[root]]
    for kind, count, rus, kaz in (
        (2, regions, "область {}", "{} облысы"),
        (3, districts, "район {}", "{} ауданы"),
        (4, settlements, "село {}", "{} ауылы"),
    ):
        first = levels[-1][-1]["id"] + 1
        levels.append(
            [_territory(first + place, levels[-1][place % len(levels[-1])], kind, rus, kaz) for place in range(count)]
        )
    return [item for level in levels for item in level], levels[-1]


def _territory(number: int, parent: Item, kind: int, rus: str, kaz: str) -> Item:
    name_kk, name_ru = _NAMES[number * 11 % len(_NAMES)]
    series = number // len(_NAMES)
    suffix = f"-{series + 1}" if series else ""
    names = {"rus": rus.format(name_ru + suffix), "kaz": kaz.format(name_kk + suffix)}
    top = parent["id"] == 1
    paths = {
        f"full_path_{key}": name if top else f"{parent[f'full_path_{key}']}, {name}" for key, name in names.items()
    }
    return {
        "id": number, "parent_id": parent["id"], "d_ats_type_id": kind, "d_ats_type_code": str(kind),
        "name_rus": names["rus"], "name_kaz": names["kaz"], **paths,
        "rco": f"A{number:08}", "cato": f"{10 + number % 80}{number:07}", "actual": True, "modified": _dated(number),
    }  # fmt: skip


def _type(table: str, number: int) -> Item:
    rus, kaz, short_rus, short_kaz = _TYPES[table][number - 1]
    item = {
        "id": number, "code": str(number), "value_ru": rus, "value_kz": kaz,
        "short_value_ru": short_rus, "short_value_kz": short_kaz, "actual": True,
    }  # fmt: skip
    return item | ({"this_is": "1"} if table == "d_geonims_types" else {})


def _below(item: Item, number: str) -> Item:
    return {key: f"{item[key]}, {number}" for key in ("full_path_rus", "full_path_kaz")}


def _rca(table: str, number: int) -> str:
    kind = {"s_grounds_new": 1, "s_buildings": 2, "s_pb": 3}[table]
    return f"{kind}{number:015}"


def _dated(number: int) -> str:
    return (_FIRST_MOMENT + timedelta(seconds=_SECONDS_APART * number)).strftime(MOMENT)


def _moment(item: Item) -> str:
    return str(item.get("modified") or "")


def is_dated(table: str) -> bool:
    """Whether rows of a table say when they were modified."""
    return table not in UNDATED
