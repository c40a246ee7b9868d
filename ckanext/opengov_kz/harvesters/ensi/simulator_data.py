"""Classifiers for ENSI's simulator: read from the real KATO file, generated, or changed.

Everything is deterministic: the same arguments give the same items, so that runs can be compared.
"""

from __future__ import annotations

import csv
import random
from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any

from ckanext.opengov_kz.shared.identifiers import kato_ancestors, kato_level

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

Item = dict[str, Any]

# Stems and endings of place names as (Kazakh, Russian); all 140 pairs read as real names do.
_STEMS = (
    ("Ақ", "Ак"), ("Қара", "Кара"), ("Көк", "Кок"), ("Сары", "Сары"), ("Қызыл", "Кызыл"),
    ("Жаңа", "Жана"), ("Бес", "Бес"), ("Ұзын", "Узын"), ("Үш", "Уш"), ("Қос", "Кос"),
)  # fmt: skip
_ENDINGS = (
    ("бұлақ", "булак"), ("төбе", "тобе"), ("көл", "коль"), ("жар", "жар"), ("тоғай", "тогай"),
    ("су", "су"), ("арал", "арал"), ("құдық", "кудук"), ("дала", "дала"), ("қайың", "кайын"),
    ("сай", "сай"), ("өзен", "озен"), ("тас", "тас"), ("тал", "тал"),
)  # fmt: skip
_NAMES = tuple(
    (stem_kk + end_kk, stem_ru + end_ru) for (stem_kk, stem_ru), (end_kk, end_ru) in product(_STEMS, _ENDINGS)
)
_KINDS = {
    "oblast": ("{} облысы", "область {}"),
    "district": ("{} ауданы", "район {}"),
    "sub_district": ("{} а.о.", "{} с.о."),
    "settlement": ("{} а.", "с.{}"),
}
# Shape of the real tree: so many items of all levels for each unit of this one.
_ITEMS_PER_OBLAST, _ITEMS_PER_DISTRICT, _ITEMS_PER_SUB_DISTRICT = 780, 75, 7
_MAX_OBLASTS, _MAX_CHILDREN = 20, 90
_FIRST_DAY = "2020-01-01"

KNOWN_NAMES = {
    "KATO": (
        "Әкімшілік-аумақтық объектілер жіктеуіші",
        "Классификатор административно-территориальных объектов",
    ),
    "OKED": (
        "Экономикалық қызмет түрлерінің жалпы жіктеуіші",
        "Общий классификатор видов экономической деятельности",
    ),
    "MKEIS": (
        "Өлшем және есептеу бірліктерінің мемлекетаралық жіктеуіші",
        "Межгосударственный классификатор единиц измерения и счета",
    ),
}


@dataclass
class SimulatedClassifier:
    """A classifier as the agency holds it; ``items`` in the order of their codes."""

    code: str
    version: str
    items: list[Item]
    name_kaz: str = ""
    name_rus: str = ""
    valid_from: str | None = None

    def __post_init__(self) -> None:
        """Name a well-known classifier."""
        kaz, rus = KNOWN_NAMES.get(self.code, (self.code, self.code))
        self.name_kaz = self.name_kaz or kaz
        self.name_rus = self.name_rus or rus


def item(
    code: str,
    name_kaz: str,
    name_rus: str,
    parent_code: str | None = None,
    valid_from: str | None = _FIRST_DAY,
) -> Item:
    """Make an item in force, in the contract's form."""
    return {
        "code": code,
        "parent_code": parent_code,
        "name_kaz": name_kaz,
        "name_rus": name_rus,
        "valid_from": valid_from,
        "valid_to": None,
        "status": "ACTIVE",
    }


def read_kato(path: Path) -> SimulatedClassifier:
    """Read KATO from its file (columns ``kato,kato_version,…,name_ru,name_kk``).

    A parent is the nearest unit above by the code's digits that the file has. The file does not say
    since when an item is in force, so ``valid_from`` is null.

    :raises ValueError: the file has no rows.
    """
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    if not rows:
        message = f"{path}: no rows"
        raise ValueError(message)
    codes = {row["kato"] for row in rows}
    items = [
        item(
            row["kato"],
            row["name_kk"],
            row["name_ru"],
            next((above for above in kato_ancestors(row["kato"]) if above in codes), None),
            valid_from=None,
        )
        for row in rows
    ]
    return SimulatedClassifier("KATO", rows[0]["kato_version"], sorted(items, key=lambda entry: entry["code"]))


def generate(code: str, size: int) -> SimulatedClassifier:
    """Make a classifier of ``size`` items: a tree of territories for KATO, else groups and items.

    :raises ValueError: ``size`` is negative.
    """
    if size < 0:
        message = "size must not be negative"
        raise ValueError(message)
    items = list(_territories(size) if code == "KATO" else _groups(size))
    return SimulatedClassifier(code, "1", sorted(items, key=lambda entry: entry["code"]), valid_from=_FIRST_DAY)


def changed(
    items: list[Item],
    *,
    renamed: int,
    closed: int,
    added: int,
    on: date,
    seed: int,
    replaced: int = 0,
) -> tuple[list[Item], set[str]]:
    """Make the next version: some items renamed, some closed, some replaced, some added.

    Only items in force that nothing stands under are renamed, closed or replaced. Fewer are changed
    when there are not so many.

    :returns: all items in the order of their codes, and the codes of those that changed.
    """
    # Not for secrets: the choice has to be repeatable.
    choose = random.Random(seed)  # noqa: S311
    parents = {entry["parent_code"] for entry in items}
    leaves = [
        position for position, entry in enumerate(items) if entry["status"] == "ACTIVE" and entry["code"] not in parents
    ]
    picked = choose.sample(leaves, min(renamed + closed + replaced, len(leaves)))
    result = list(items)
    for number, position in enumerate(picked[:renamed]):
        result[position] = _renamed(items[position], seed + number)
    for position in picked[renamed:]:
        result[position] = {**items[position], "valid_to": on.isoformat(), "status": "CLOSED"}
    for number, position in enumerate(picked[renamed + closed :]):
        result.append(_renamed(items[position], seed + number) | {"valid_from": on.isoformat()})
    codes = {items[position]["code"] for position in picked}
    untouched = [items[position] for position in leaves if items[position]["code"] not in codes]
    new = _additions(items, untouched, added, on)
    codes.update(entry["code"] for entry in new)
    return sorted([*result, *new], key=_place), codes


def _place(entry: Item) -> tuple[str, str]:
    return entry["code"], entry["valid_from"] or ""


def _renamed(entry: Item, number: int) -> Item:
    kind_kk, kind_ru = _kind(entry["code"])
    name_kk, name_ru = _NAMES[number % len(_NAMES)]
    if kind_kk.format(name_kk) == entry["name_kaz"]:
        name_kk, name_ru = _NAMES[(number + 1) % len(_NAMES)]
    return {**entry, "name_kaz": kind_kk.format(name_kk), "name_rus": kind_ru.format(name_ru)}


def _additions(items: list[Item], leaves: list[Item], count: int, on: date) -> list[Item]:
    """Make new items beside or, where the code says so, under existing leaves."""
    taken = {entry["code"] for entry in items}
    added: list[Item] = []
    for leaf in leaves:
        if len(added) == count:
            break
        code = _next_free(leaf["code"], taken)
        if code:
            taken.add(code)
            name_kk, name_ru = _NAMES[len(added) % len(_NAMES)]
            kind_kk, kind_ru = _kind(code)
            # Under 101010000 the codes 101010001 and on are its settlements, not its neighbours.
            parent = leaf["code"] if leaf["code"].endswith("000") else leaf["parent_code"]
            added.append(
                item(
                    code,
                    kind_kk.format(name_kk),
                    kind_ru.format(name_ru),
                    parent,
                    on.isoformat(),
                )
            )
    return added


def _kind(code: str) -> tuple[str, str]:
    is_kato = len(code) == 9 and code.isdecimal() and not code.startswith("00")  # noqa: PLR2004
    return _KINDS[kato_level(code)] if is_kato else ("{}", "{}")


def _next_free(code: str, taken: set[str]) -> str | None:
    """Find the first free code after ``code`` with the same beginning: only the last 3 digits move."""
    head, tail = code[:-3], code[-3:]
    if not tail.isdecimal():
        return None
    return next(
        (f"{head}{number:03}" for number in range(int(tail) + 1, 1000) if f"{head}{number:03}" not in taken),
        None,
    )


def _territories(size: int) -> Iterator[Item]:
    """Grow a tree with as many units at each level as the real one has for its size."""
    if size == 0:
        return
    oblasts = min(max(size // _ITEMS_PER_OBLAST, 1), _MAX_OBLASTS)
    rest = size - oblasts
    districts = min(max(size // _ITEMS_PER_DISTRICT, 1), oblasts * _MAX_CHILDREN, rest)
    rest -= districts
    subs = min(max(size // _ITEMS_PER_SUB_DISTRICT, 1), districts * _MAX_CHILDREN, rest)
    rest -= subs
    above = [""]
    for level, digits, count in (
        ("oblast", 2, oblasts),
        ("district", 2, districts),
        ("sub_district", 2, subs),
        ("settlement", 3, rest),
    ):
        kind_kk, kind_ru = _KINDS[level]
        prefixes: list[str] = []
        for number in range(count):
            # In turn to each parent, so that all have about as many children.
            parent = above[number % len(above)]
            place = number // len(above) + (10 if level == "oblast" else 1)
            prefix = f"{parent}{place:0{digits}}"
            prefixes.append(prefix)
            name_kk, name_ru = _NAMES[(number * 37 + len(prefix)) % len(_NAMES)]
            yield item(
                prefix.ljust(9, "0"),
                kind_kk.format(name_kk),
                kind_ru.format(name_ru),
                parent.ljust(9, "0") if parent else None,
            )
        above = prefixes


def _groups(size: int) -> Iterator[Item]:
    """Make groups with up to 99 items each, their codes and names numbered."""
    for number in range(size):
        group, place = divmod(number, 100)
        group_code = f"{group + 1:04}"
        if place == 0:
            yield item(group_code, f"{group + 1}-топ", f"Группа {group + 1}")
        else:
            code = f"{group_code}.{place:03}"
            yield item(code, f"{code} позициясы", f"Позиция {code}", group_code)


def with_defects(classifier: SimulatedClassifier) -> SimulatedClassifier:
    """Add what real classifiers suffer from: a ring, an orphan, a code that comes twice, periods that overlap.

    The codes begin with ``X``, after all others.
    """
    odd = [
        item("X1", "Бірінші", "Первая", "X2"),
        item("X2", "Екінші", "Вторая", "X1"),
        item("X3", "Жетім", "Сирота", "X0"),
        item("X4", "Қайталанған", "Повтор"),
        item("X4", "Қайталанған", "Повтор"),
        item("X5", "Ескі атау", "Прежнее название") | {"valid_to": "2024-01-01", "status": "CLOSED"},
        item("X5", "Жаңа атау", "Новое название", valid_from="2023-01-01"),
    ]
    return replace(classifier, items=[*classifier.items, *odd])
