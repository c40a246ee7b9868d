"""What an officer is told about a text that was read: a place, a code, and what the code's sentence needs.

Codes of the file: `tracked_changes` (read as if accepted), `hidden_text` (left out), `footnote` (kept below its
paragraph), `text_box` (left out: `text`), `picture` (left out), `formula` (its letters are kept), `word_comment` (left
out), `contents_skipped` (a table of contents made by Word), `embedded` (another file within, left out), `nested_table`
(flattened), `text_in_table` (parts of the act stand in a table; they stay its cells), `mixed_letters` (`word` mixes
Latin and Cyrillic and was made Cyrillic; `count` such words in all), `untranslated` (a long paragraph of a Kazakh text
without one Kazakh letter), `language_doubtful` (`share` of Kazakh letters, %).

Codes of the structure: `no_structure` (no article and no item was recognised), `number_gap` (`number` where `expected`
was due), `number_repeated`, `number_order` (`number` after `previous`), `item_outside_article`, `subitem_outside_item`,
`empty_part` (a heading, an article or an item with nothing in it), `heading_without_word` («1. Общие положения» taken
for a chapter), `quote_not_closed` (the quoted text of an amendment has no end).

All of the structure and the untranslated have `text`, the beginning of the paragraph, to find it in the document by.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

FILE_CODES = (
    "tracked_changes", "hidden_text", "footnote", "text_box", "picture", "formula", "word_comment", "contents_skipped",
    "embedded", "nested_table", "text_in_table", "mixed_letters", "untranslated", "language_doubtful",
)  # fmt: skip
STRUCTURE_CODES = (
    "no_structure", "number_gap", "number_repeated", "number_order", "item_outside_article", "subitem_outside_item",
    "empty_part", "heading_without_word", "quote_not_closed",
)  # fmt: skip
_BEGINNING = 80


@dataclass(frozen=True)
class Problem:
    """`paragraph` counts the paragraphs and tables of the document from 1, empty ones too; 0 is the whole."""

    paragraph: int
    code: str
    params: dict[str, Any] = field(default_factory=dict)


def beginning(text: str) -> str:
    """The first words of a paragraph, by which an officer finds it."""
    line = " ".join(text.split())
    return line if len(line) <= _BEGINNING else f"{line[:_BEGINNING].rsplit(' ', 1)[0]} …"
