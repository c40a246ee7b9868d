"""The Solr configset: CKAN's own schema with our types and fields, written whole into a folder.

``python -m ckanext.opengov_kz.search.configset FOLDER`` writes it without a portal; ``ckan search configset`` too.
The schema's name is the version: CKAN wants ``ckan-2.12`` at its beginning and reads no further, and Solr tells the
name at ``/schema/name``, so that a core with an older configset is seen at start-up.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import sys
import tempfile
from functools import cache
from itertools import product
from pathlib import Path
from xml.etree import ElementTree as ET

from ckanext.opengov_kz.shared import kazakh

_SOURCES = Path(__file__).parent / "solr"
_COPIED = ("solrconfig.xml", "protwords.txt", "synonyms.txt")
_VERSION = "opengov"


def write(folder: Path) -> str:
    """Write the configset's files into a folder, which is made if it is missing.

    :returns: the name of its schema, such as ``ckan-2.12-opengov-3f9a2c41``
    """
    folder.mkdir(parents=True, exist_ok=True)
    for name in _COPIED:
        shutil.copyfile(_SOURCES / name, folder / name)
    _write(folder / "mapping-kazakh.txt", _mapping(kazakh.FOLDING | kazakh.LATIN))
    _write(folder / "mapping-russian.txt", _mapping(kazakh.RUSSIAN_FOLDING | kazakh.RUSSIAN_LATIN))
    schema = _schema()
    name = f"{schema.get('name')}-{_VERSION}-{_digest(folder, schema)}"
    schema.set("name", name)
    ET.ElementTree(schema).write(folder / "schema.xml", encoding="utf-8", xml_declaration=True)
    return name


@cache
def name() -> str:
    """Name the schema of the configset that this version of the extension writes."""
    with tempfile.TemporaryDirectory() as folder:
        return write(Path(folder))


def _schema() -> ET.Element:
    schema = _read(_ckan_schema())
    additions = _read(_SOURCES / "additions.xml")
    for analyzer in additions.iter("analyzer"):
        _put_stemming(analyzer)
    for part in ("types", "fields"):
        _part(schema, part).extend(_part(additions, part))
    ET.indent(schema)
    return schema


def _read(path: Path) -> ET.Element:
    return ET.fromstring(path.read_text(encoding="utf-8").encode())  # noqa: S314 - files of CKAN and of ours


def _put_stemming(analyzer: ET.Element) -> None:
    mark = analyzer.find("kazakh-stemming")
    if mark is None:
        return
    analyzer.remove(mark)
    for pattern, replacement in kazakh.STEMMING:
        attributes = {"class": "solr.PatternReplaceFilterFactory", "pattern": pattern, "replacement": replacement}
        ET.SubElement(analyzer, "filter", attributes)


def _part(root: ET.Element, name: str) -> ET.Element:
    part = root.find(name)
    assert part is not None, f"the schema has no <{name}>"  # noqa: S101 - CKAN's file changed its form
    return part


def _ckan_schema() -> Path:
    spec = importlib.util.find_spec("ckan")
    assert spec is not None and spec.origin is not None  # noqa: PT018, S101 - CKAN is a requirement
    return Path(spec.origin).parent / "config/solr/schema.xml"


def _mapping(table: dict[str, str]) -> str:
    """Write a table as Solr's mapping file, for small letters, capitals and a capital at the beginning."""
    lines = {}
    for key, value in table.items():
        spellings = {key.replace("'", apostrophe) for apostrophe in kazakh.APOSTROPHES}
        for spelling, case in product(spellings, (str.lower, str.capitalize, str.upper)):
            lines.setdefault(case(spelling), value)
    return "".join(f'"{key}" => "{value}"\n' for key, value in sorted(lines.items()))


def _digest(folder: Path, schema: ET.Element) -> str:
    content = ET.tostring(schema)
    for path in sorted(folder.glob("*")):
        if path.name != "schema.xml":
            content += path.name.encode() + path.read_bytes()
    return hashlib.sha256(content).hexdigest()[:8]


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.stdout.write(f"{write(Path(sys.argv[1]))}\n")
