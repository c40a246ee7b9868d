"""Sentences for the codes of `problems.py` and of refused files: what is wrong, and what to do about it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from ckan.plugins import toolkit


def npa_docx_refusal(code: str) -> str:
    """Why nothing could be read from a file."""
    return {
        "broken": toolkit._("The file is damaged. Open it in Word, save it anew and add it again."),
        "protected": toolkit._("The file is protected by a password. Remove the password and add it again."),
        "macros": toolkit._("The file has macros. Save it as an ordinary document (.docx) without them."),
        "too_large": toolkit._("The file is too large. Remove pictures and attached files from it."),
        "empty": toolkit._("There is no text in the file."),
        "old_format": toolkit._("This is an old format of Word (.doc or .rtf). Save the document as .docx."),
        "not_docx": toolkit._("This is no Word document (.docx)."),
        "wrong_language": toolkit._("The text is in the other language. Were the two files exchanged?"),
    }.get(code, code)


def npa_problem(problem: Mapping[str, Any]) -> str:
    """What is odd at a place of a text, in a sentence."""
    params: defaultdict[str, Any] = defaultdict(str, problem["params"])
    known = _of_file() | _of_structure() | _of_pairs()
    sentence: str = known.get(problem["code"]) or problem["code"]
    return sentence.format_map(params)


def _of_file() -> dict[str, str]:
    return {
        "tracked_changes": toolkit._("Tracked changes were read as if they had been accepted."),
        "hidden_text": toolkit._("Hidden text was left out."),
        "footnote": toolkit._("A footnote stands below its paragraph now."),
        "text_box": toolkit._("A text box was left out: “{text}”."),
        "picture": toolkit._("A picture was left out. Attach it as a file."),
        "formula": toolkit._("Of a formula only its letters were kept. Check it."),
        "word_comment": toolkit._("A comment of Word was left out."),
        "contents_skipped": toolkit._("The table of contents was left out: the portal makes its own."),
        "embedded": toolkit._("A file within the document was left out. Attach it as a file."),
        "nested_table": toolkit._("A table within a table was made flat. Check it."),
        "text_in_table": toolkit._("Parts of the act stand in a table and stay its cells: “{text}”."),
        "mixed_letters": toolkit._(
            "The word “{word}” mixed Latin and Cyrillic letters; it is Cyrillic now (such words: {count})."
        ),
        "untranslated": toolkit._("This paragraph of the Kazakh text seems not to be translated: “{text}”."),
        "language_doubtful": toolkit._("Check the language of the text: {share} of 100 letters are Kazakh ones."),
    }


def _of_structure() -> dict[str, str]:
    return {
        "no_structure": toolkit._("No article and no item was recognised. Mark at least the articles below."),
        "number_gap": toolkit._("Number {number} where {expected} was due: “{text}”."),
        "number_repeated": toolkit._("Number {number} is there twice: “{text}”."),
        "number_order": toolkit._("Number {number} stands after {previous}: “{text}”."),
        "item_outside_article": toolkit._("An item stands outside any article: “{text}”."),
        "subitem_outside_item": toolkit._("A sub-item stands outside any item: “{text}”."),
        "empty_part": toolkit._("Nothing stands in the part “{number} {text}”."),
        "heading_without_word": toolkit._("“{text}” was taken for the heading of a chapter."),
        "quote_not_closed": toolkit._("A quotation has no end: “{text}”."),
    }


def _of_pairs() -> dict[str, str]:
    return {
        "missing_kk": toolkit._("There is no such part in Kazakh."),
        "missing_ru": toolkit._("There is no such part in Russian."),
        "kind_differs": toolkit._("The part is of another kind in the other language."),
        "number_differs": toolkit._("The part has a number in one language alone."),
        "table_differs": toolkit._("The tables differ in rows or columns."),
        "empty_kk": toolkit._("The part is empty in Kazakh."),
        "empty_ru": toolkit._("The part is empty in Russian."),
    }
