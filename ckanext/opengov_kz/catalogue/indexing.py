"""What the search knows of a dataset: its texts in three languages, in fields that Solr can hold.

CKAN's Solr schema: ``extras_*`` are of the type text and ``vocab_*`` are lists of strings, both are
copied to ``text``, which every search reads; anything else that the schema doesn't name is a
string, whose 32,766 bytes a long description overruns ("immense term", HTTP 500).

What is added for each language: ``extras_text_<lang>`` (every text of the passport and of its
resources), ``vocab_keywords_<lang>`` (for facets), ``title_string_<lang>`` (for sorting); and
``vocab_translation_missing``, ``vocab_data_language`` (for facets).
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ckanext.opengov_kz.shared.languages import LANGUAGES

# Lucene's longest term has 32,766 bytes.
_MAX_STRING_BYTES = 32_000
_COMPOSITE = frozenset({"translation_missing", "language", "categories"})
_LONG_FIELDS = frozenset({"title", "notes", "data_dict", "validated_data_dict"})


def document(dataset: Mapping[str, Any]) -> dict[str, Any]:
    """Make the Solr document of a dataset from CKAN's.

    :param dataset: what ``IPackageController.before_dataset_index`` gets: flat, with
        ``validated_data_dict`` as JSON.
    """
    source = json.loads(dataset["validated_data_dict"])
    solr = {key: _bounded(key, value) for key, value in dataset.items() if not _is_composite(key)}
    for lang in LANGUAGES:
        solr[f"extras_text_{lang}"] = "\n".join(_texts(source, lang))
        solr[f"vocab_keywords_{lang}"] = _in(source.get("tags_translated"), lang) or []
        if title := _in(source.get("title_translated"), lang):
            solr[f"title_string_{lang}"] = title
    solr["vocab_translation_missing"] = source.get("translation_missing") or []
    solr["vocab_data_language"] = source.get("language") or []
    return solr


def _is_composite(key: str) -> bool:
    name = key.removeprefix("extras_")
    return name.endswith("_translated") or name in _COMPOSITE


def _texts(source: Mapping[str, Any], lang: str) -> Iterator[str]:
    """Yield the texts in a language of the dataset's and its resources' translated fields."""
    for entity in (source, *source.get("resources", [])):
        for key, value in entity.items():
            text = _in(value, lang) if key.endswith("_translated") else None
            if isinstance(text, list):
                yield from text
            elif text:
                yield text


def _in(value: Any, lang: str) -> Any:
    return value.get(lang) if isinstance(value, Mapping) else None


def _bounded(key: str, value: Any) -> Any:
    """Cut what would be a string field's term; texts and what is only stored stay whole."""
    if not isinstance(value, str) or key in _LONG_FIELDS or key.startswith("extras_"):
        return value
    return value.encode()[:_MAX_STRING_BYTES].decode(errors="ignore")
