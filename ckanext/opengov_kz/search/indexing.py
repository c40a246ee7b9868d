"""What the search knows of a thing: its texts in three languages, in fields that Solr can hold.

CKAN's Solr schema: ``extras_*`` are of the type text and ``vocab_*`` are lists of strings, both are
copied to ``text``, which every fielded search reads; anything else that the schema doesn't name is a
string, whose 32,766 bytes a long description overruns ("immense term", HTTP 500).

For each language: ``title_<lang>``, ``notes_<lang>`` (for showing what matched), ``text_<lang>`` (all that is read of a
thing but its title), ``extras_text_<lang>`` (the same for fielded searches), ``vocab_keywords_<lang>`` (for facets),
``title_string_<lang>`` (for sorting). For all: ``words`` (of titles and keywords, in any spelling) and
``vocab_translation_missing``, ``vocab_data_language`` (for facets). Of public things only: ``known_*``, ``suggest``.

Any dataset type joins by its fields alone: every ``*_translated`` field of a schema is read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ckan.plugins import toolkit

from ckanext.opengov_kz.search import configset
from ckanext.opengov_kz.shared.kazakh import one_script
from ckanext.opengov_kz.shared.languages import LANGUAGES, REQUIRED

# Lucene's longest term has 32,766 bytes.
_MAX_STRING_BYTES = 32_000
_COMPOSITE = frozenset({"translation_missing", "language", "categories"})
_LONG_FIELDS = frozenset({"title", "notes", "data_dict", "validated_data_dict"})


def document(dataset: Mapping[str, Any], popular: int = 0) -> dict[str, Any]:
    """Make the Solr document of a dataset from CKAN's.

    :param dataset: what ``IPackageController.before_dataset_index`` gets: flat, with
        ``validated_data_dict`` as JSON. Lists already in its ``text_<lang>`` are kept.
    :param popular: how much it is read, as ``popularity.of`` says
    """
    source = json.loads(dataset["validated_data_dict"])
    solr = {key: _bounded(key, value) for key, value in dataset.items() if not _is_composite(key)}
    words: list[str] = []
    for lang in LANGUAGES:
        title = _in(source.get("title_translated"), lang)
        keywords = _in(source.get("tags_translated"), lang) or []
        solr[f"vocab_keywords_{lang}"] = keywords
        if title:
            solr[f"title_string_{lang}"] = title
        # A reader of either state language looks among all things, also those with one text only.
        texts = list(_texts(source, lang))
        if not title and lang in REQUIRED:
            title = source.get("title") or ""
            texts += [source.get("notes") or "", *_tags(source)]
        solr[f"title_{lang}"] = one_script(title or "")
        solr[f"notes_{lang}"] = one_script(_plain(_in(source.get("notes_translated"), lang)))
        solr[f"text_{lang}"] = [*map(one_script, (*dataset.get(f"text_{lang}", []), *texts)), *_codes(source)]
        solr[f"extras_text_{lang}"] = "\n".join(texts)
        words += map(one_script, (title or "", *keywords))
    solr["words"] = [*words, *_codes(source)]
    solr["configset"] = configset.name()
    solr["vocab_translation_missing"] = source.get("translation_missing") or []
    solr["vocab_data_language"] = source.get("language") or []
    solr["popularity"] = popular
    if solr.get("capacity") == "public" and solr.get("state") == "active":
        solr |= _for_everybody(solr)
    return solr


def _for_everybody(solr: Mapping[str, Any]) -> dict[str, Any]:
    titles = [title for lang in LANGUAGES if (title := solr[f"title_{lang}"])]
    texts = {f"known_{lang}": [solr[f"title_{lang}"], *solr[f"text_{lang}"]] for lang in REQUIRED}
    return texts | {
        "known_words": [*solr["words"], *solr["text_en"]],
        "suggest": sorted({*titles, *(word for lang in LANGUAGES for word in solr[f"vocab_keywords_{lang}"])}),
    }


def _tags(source: Mapping[str, Any]) -> list[str]:
    return [tag["display_name"] for tag in source.get("tags", [])]


def _codes(source: Mapping[str, Any]) -> list[str]:
    """What stands in no language: the address and the codes that people copy from somewhere."""
    return [text for key in ("name", "identifier", "territory") if (text := source.get(key))]


def _plain(text: str | None) -> str:
    """A description without its markup."""
    return " ".join(str(toolkit.h.markdown_extract(text, 0)).split()) if text else ""


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
