"""Passports as Solr documents, in a core with CKAN's own schema and in one with the portal's."""

from __future__ import annotations

import hashlib
import importlib.util
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ckan.common import config
from ckan.plugins import IPackageController, PluginImplementations

from ckanext.opengov_kz.search import configset, cores

PLAIN, OURS = "bench_plain", "bench_ours"
Passport = Mapping[str, Any]


@contextmanager
def two_cores() -> Iterator[None]:
    """Two empty cores, which are dropped afterwards; `solr_url` points to ours within."""
    before = config["solr_url"]
    solr_home = cores.folder(cores.current()).parent
    sources = Path(configset.__file__).parent / "solr"
    spec = importlib.util.find_spec("ckan")
    assert spec
    assert spec.origin
    plain = solr_home / "configsets" / PLAIN / "conf"
    plain.mkdir(parents=True, exist_ok=True)
    for name in ("solrconfig.xml", "protwords.txt", "synonyms.txt"):
        shutil.copy(sources / name, plain)
    shutil.copy(Path(spec.origin).parent / "config/solr/schema.xml", plain)
    ours = solr_home / "configsets" / OURS / "conf"
    configset.write(ours)
    # What CKAN's schema has no fields for; and no answer may come out of the cache.
    _leave_out(plain / "solrconfig.xml", 'name="sow"', "<queryResultCache")
    _leave_out(ours / "solrconfig.xml", "<queryResultCache")
    for core in (PLAIN, OURS):
        if cores.exists(core):
            cores.unload(core)
        cores.create(core, core)
    config["solr_url"] = cores.beside(OURS)
    try:
        yield
    finally:
        config["solr_url"] = before
        for core in (PLAIN, OURS):
            cores.unload(core)


def _leave_out(path: Path, *marks: str) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join(line for line in lines if not any(mark in line for mark in marks)), encoding="utf-8")


def post(passports: Iterable[Passport], size: int = 1000) -> None:
    """Posts the same passports to both cores, in batches."""
    batch: list[Passport] = []
    for passport in passports:
        batch.append(passport)
        if len(batch) == size:
            _post(batch)
            batch = []
    _post(batch)
    for core in (PLAIN, OURS):
        cores.connection(core).commit()


def _post(batch: list[Passport]) -> None:
    cores.connection(PLAIN).add([_flat(passport) for passport in batch], commit=False)
    cores.connection(OURS).add([_ours(passport) for passport in batch], commit=False)


def _ours(passport: Passport) -> dict[str, Any]:
    document = _flat(passport)
    for name in [key for key in document if key.startswith("extras_")]:
        del document[name]
    for plugin in PluginImplementations(IPackageController):
        document = plugin.before_dataset_index(document)
    return document


def _flat(passport: Passport) -> dict[str, Any]:
    """What CKAN's own index has: a title and a description, keywords, and the other languages as extras."""
    titles, notes = passport["title"], passport.get("notes", {})
    keywords = passport.get("keywords", {})
    identifier = hashlib.sha256(passport["name"].encode()).hexdigest()[:32]
    source = {
        "id": identifier,
        "name": passport["name"],
        "type": "dataset",
        "title": next(iter(titles.values())),
        "notes": next(iter(notes.values()), ""),
        "title_translated": titles,
        "notes_translated": notes,
        "tags_translated": keywords,
        "resources": passport.get("resources", []),
        "groups": passport.get("groups", []),
        "frequency": passport.get("frequency"),
        "organization": passport.get("organization"),
    }
    return {
        "id": identifier,
        "index_id": identifier,
        "name": passport["name"],
        "site_id": config["ckan.site_id"],
        "entity_type": "package",
        "type": "dataset",
        "dataset_type": "dataset",
        "state": "active",
        "capacity": "public",
        "permission_labels": ["public"],
        "title": source["title"],
        "title_string": source["title"],
        "notes": source["notes"],
        "tags": next(iter(keywords.values()), []),
        "frequency": passport.get("frequency"),
        "organization": (passport.get("organization") or {}).get("name"),
        "groups": [group["name"] for group in passport.get("groups", [])],
        "res_format": passport.get("formats", []),
        "metadata_created": passport.get("modified", "2026-01-01T00:00:00Z"),
        "metadata_modified": passport.get("modified", "2026-01-01T00:00:00Z"),
        **{f"extras_title_{lang}": text for lang, text in titles.items()},
        **{f"extras_notes_{lang}": text for lang, text in notes.items()},
        "data_dict": json.dumps(source, ensure_ascii=False),
        "validated_data_dict": json.dumps(source, ensure_ascii=False),
    }
