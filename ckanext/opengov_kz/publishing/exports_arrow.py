"""Rows as columns of Arrow: read from the CSV file that COPY wrote, worked on a block at a time, and given as bytes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute
from pyarrow import csv

from ckanext.opengov_kz.shared.languages import REQUIRED

from .reading import Kind

#: Arrow's functions on columns; they are made when it is imported, so a type checker does not know them.
compute: Any = pyarrow.compute

#: Bytes of CSV that are worked on at once: in other formats they become thirty times as many. A row must fit in.
_BLOCK = 1 << 18
#: What XML 1.0 cannot hold at all.
_CONTROLS = bytes(n for n in range(32) if n not in {9, 10, 13})
_NO_XML = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x{fffe}\\x{ffff}]"


@dataclass(frozen=True)
class ExportColumn:
    """A column: its name, PostgreSQL type, what it is to a reader, its dictionary, and what was found in its values.

    `digits` and `scale` are the most digits before and after the point; None where a value is no plain number.
    `in_calendar` says that all dates lie in the years 1 to 9999; `longest` is in bytes; `overlong` counts values that a
    spreadsheet's cell cannot hold.
    """

    name: str
    type: str
    kind: Kind
    labels: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    unit: str = ""
    digits: int | None = None
    scale: int | None = None
    in_calendar: bool = True
    longest: int = 0
    overlong: int = 0

    @property
    def heading(self) -> str:
        """What stands above the column for people: the labels in Kazakh and Russian, and the unit."""
        labels = dict.fromkeys(filter(None, (self.labels.get(language) for language in REQUIRED)))
        label = " / ".join(labels) or self.labels.get("en") or self.name
        return f"{label}, {self.unit}" if self.unit else label


@dataclass(frozen=True)
class ExportAbout:
    """What the files say of themselves: texts by language, addresses, and the moment of the rows' state (ISO 8601)."""

    title: Mapping[str, str]
    publisher: Mapping[str, str]
    licence: str
    source: str
    state: str


def batches(path: Path, columns: Sequence[ExportColumn]) -> Iterator[pa.RecordBatch]:
    """The rows of a CSV file that COPY wrote, as texts with NULL, a block at a time."""
    names = [column.name for column in columns]
    row = sum(column.longest for column in columns) + 64 * len(columns)
    reader = csv.open_csv(
        path,
        read_options=csv.ReadOptions(
            use_threads=False, block_size=max(_BLOCK, 3 * row), column_names=names, skip_rows=0, encoding="utf8"
        ),
        parse_options=csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
        convert_options=csv.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    heading = True
    with reader:
        for batch in reader:
            rows = batch.slice(1) if heading else batch
            heading = False
            if rows.num_rows:
                yield rows


def xml_escaped(values: Any) -> Any:
    """Texts as they stand between the tags of XML."""
    # A reader of XML makes a line feed of a bare carriage return.
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", "&#13;")):
        values = compute.replace_substring(values, character, entity)
    return values


def without_controls(values: Any, replacement: str) -> Any:
    """Texts with a replacement for each character that XML cannot hold."""
    buffer = values.buffers()[2]
    if buffer is None:
        return values
    raw = buffer.to_pybytes()
    # Almost no block has one: the look at its bytes is far cheaper than the expression on every value.
    if len(raw.translate(None, _CONTROLS)) == len(raw) and b"\xef\xbf\xbe" not in raw and b"\xef\xbf\xbf" not in raw:
        return values
    return compute.replace_substring_regex(values, _NO_XML, replacement)


def readable(text: str) -> str:
    """A text with U+FFFD for each character that XML cannot hold."""
    return re.sub("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]", "\N{REPLACEMENT CHARACTER}", text)


def joined(parts: Sequence[Any]) -> Any:
    """The texts of each row after one another, NULL as nothing."""
    return compute.binary_join_element_wise(*parts, "", null_handling="replace", null_replacement="")


def texts_of(values: Any) -> memoryview:
    """All texts of an array as they lie in memory, one after another."""
    _, offsets, data = values.buffers()
    ends = memoryview(offsets).cast("i")
    return memoryview(data)[ends[values.offset] : ends[values.offset + len(values)]] if data else memoryview(b"")
