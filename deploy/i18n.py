"""The catalogues of translations: `python -m deploy.i18n extract|update|compile|check|all`.

There are two catalogues, each in Kazakh and Russian, because CKAN reads its own domain only from
`ckan.i18n_directory` and wants those of plugins elsewhere:

* `core/` has CKAN's strings; its template is the one CKAN ships;
* `own/` has ours and those of the extensions we load that ship neither Kazakh nor Russian
  (harvest, dcat, scheming). A string that CKAN has too stays out: all catalogues end up in one
  table where the last one loaded wins, so one English string can have only one translation.

Catalogues carry no dates, versions or line numbers, so that a change shows only what changed.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import polib

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[1]
I18N = ROOT / "ckanext/opengov_kz/i18n"

# The rules of Unicode CLDR. Nouns after a numeral stay singular in Kazakh, so its two forms mostly read alike.
PLURALS = {
    "kk": "nplurals=2; plural=(n != 1);",
    "ru": "nplurals=3; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2);",
}
FORMS = {"kk": 2, "ru": 3}
_SAMPLES = {"kk": (1, 2), "ru": (1, 2, 5)}  # a number that asks for each form

_EXTENSIONS = ("harvest", "dcat", "scheming")
_METHODS = [
    ("**/tests/**", "ignore"),
    ("**/i18n/**", "ignore"),
    ("**/vendor/**", "ignore"),
    ("**/2.8_templates/**", "ignore"),
    ("**.py", "python"),
    ("**/templates/**.html", "ckan.lib.extract:extract_ckan"),
    ("**/templates/**.txt", "ckan.lib.extract:extract_ckan"),
    ("**/assets/**.js", "javascript"),
]

_TAG = re.compile(r"<(/?[a-zA-Z][^<>]*)>")
_SPOKEN_ATTRIBUTE = re.compile(r'\b(alt|title|aria-label)="[^"]*"')
_FIELD = re.compile(r"%\(\w+\)[a-z]|\{[^{}\s]*\}")
_POSITIONAL = re.compile(r"(?<!%)%[sdifrx](?![a-zA-Z])")
_WORD = re.compile(r"[^\W\d_]+")
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f\u0259\u018f]")
_CYRILLIC = re.compile(r"[\u0400-\u04ff]")
_KAZAKH_LETTER = re.compile(r"[ӘәҒғҚқҢңӨөҰұҮүҺһІі]")
_LATIN_TWINS = frozenset("aceopxyiACEOPXYKMTHB")


@dataclass(frozen=True)
class Catalogue:
    """One gettext domain: a template and a file per language."""

    name: str
    domain: str

    @property
    def template(self) -> Path:
        """The file of the English strings, without translations."""
        return I18N / self.name / f"{self.domain}.pot"

    def translation(self, language: str) -> Path:
        """Return the file of translations into `language` ("kk" or "ru")."""
        return I18N / self.name / language / "LC_MESSAGES" / f"{self.domain}.po"


CORE = Catalogue("core", "ckan")
OWN = Catalogue("own", "ckanext-opengov_kz")
CATALOGUES = (CORE, OWN)


def extract() -> None:
    """Write both templates: CKAN's as shipped, ours from the code and from the extensions' code."""
    core = _without_lines(polib.pofile(str(_package("ckan") / "i18n/ckan.pot")))
    _save(core, CORE.template, _header())
    known = {(entry.msgctxt, entry.msgid) for entry in core}

    own: dict[tuple[str | None, str], polib.POEntry] = {}
    for entry in _own_entries():
        key = (entry.msgctxt, entry.msgid)
        if key in known:
            continue
        twin = own.setdefault(key, entry)
        if twin is not entry:
            twin.occurrences = sorted({*twin.occurrences, *entry.occurrences})
            twin.msgid_plural = twin.msgid_plural or entry.msgid_plural
    _save(own.values(), OWN.template, _header())


def update() -> None:
    """Bring each translation to its template: new strings come in empty, translations are kept."""
    for catalogue in CATALOGUES:
        template = polib.pofile(str(catalogue.template))
        for language in PLURALS:
            path = catalogue.translation(language)
            old = {(entry.msgctxt, entry.msgid): entry for entry in polib.pofile(str(path))}
            entries = [_merged(entry, old.get((entry.msgctxt, entry.msgid)), FORMS[language]) for entry in template]
            _save(entries, path, _header(language))


def compile_all() -> list[Path]:
    """Write the .mo beside each .po that is newer, and return those written."""
    written = []
    for po in sorted(I18N.rglob("*.po")):
        mo = po.with_suffix(".mo")
        if not mo.exists() or mo.stat().st_mtime < po.stat().st_mtime:
            polib.pofile(str(po)).save_as_mofile(str(mo))
            written.append(mo)
    return written


def check() -> list[str]:
    """Return a line for each missing, fuzzy or broken translation and each string not in step with the template."""
    problems = []
    for catalogue in CATALOGUES:
        expected = {(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(catalogue.template))}
        for language, plural_forms in PLURALS.items():
            path = catalogue.translation(language)
            translated = polib.pofile(str(path))
            where = path.relative_to(I18N)
            if translated.metadata.get("Plural-Forms") != plural_forms:
                problems.append(f"{where}: the plural forms are not those of {language}")
            present = {(entry.msgctxt, entry.msgid) for entry in translated if not entry.obsolete}
            problems += [f"{where}: not in step with its template: {msgid!r}" for _, msgid in expected ^ present]
            for entry in translated:
                problems += [f"{where}: {fault}: {entry.msgid!r}" for fault in faults(entry, language)]
    return problems


def faults(entry: polib.POEntry, language: str) -> Iterator[str]:
    """Yield what is wrong with one translation, in words."""
    if entry.obsolete:
        yield "left over"
        return
    if entry.fuzzy:
        yield "fuzzy"
    forms = _forms(entry, FORMS[language])
    if not all(forms):
        yield "not translated"
        return
    for number, text in zip(_SAMPLES[language], forms, strict=False):
        sources = [entry.msgid_plural or entry.msgid]
        if entry.msgid_plural and number == 1 and language == "kk":
            sources.append(entry.msgid)  # this form serves the number one alone, which may go unsaid
        if placeholders(text) not in [placeholders(source) for source in sources]:
            yield "placeholders or tags differ"
        if _edges(text) != _edges(entry.msgid):
            yield "spaces or line ends at the edges differ"
        for word in mixed_words(text, entry.msgid):
            yield f"Latin letters among Cyrillic ones in {word!r}"
        if language == "ru" and _KAZAKH_LETTER.search(_spoken(text)):
            yield "Kazakh letters in a Russian text"


def placeholders(text: str) -> tuple[Counter[str], list[str]]:
    """Return what a translation must repeat: named fields and tags in any order, `%s` in the order given.

    Attributes that are read aloud (alt, title, aria-label) are for translation, so they do not count.
    """
    tags = [_SPOKEN_ATTRIBUTE.sub(r"\1", tag) for tag in _TAG.findall(text)]
    return Counter([*tags, *_FIELD.findall(text)]), _POSITIONAL.findall(text)


def mixed_words(text: str, source: str = "") -> list[str]:
    """Return the words of `text` in which letters of two alphabets stand side by side.

    A Latin letter alone that looks like a Cyrillic one ("c" for "с") counts too, unless `source` has it.
    """
    words = _WORD.findall(_spoken(text))
    alone = _LATIN_TWINS - set(_WORD.findall(source))
    return [word for word in words if word in alone or (_LATIN.search(word) and _CYRILLIC.search(word))]


def _spoken(text: str) -> str:
    """Return `text` without tags and placeholders."""
    return _POSITIONAL.sub(" ", _FIELD.sub(" ", _TAG.sub(" ", text)))


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def _forms(entry: polib.POEntry, count: int) -> list[str]:
    if not entry.msgid_plural:
        return [entry.msgstr]
    return [entry.msgstr_plural.get(index, "") for index in range(count)]


def _package(name: str) -> Path:
    """Return the folder of an installed package."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        sys.exit(f"{name} is not installed: run `make setup` first")
    return Path(spec.origin).parent


def _own_entries() -> Iterator[polib.POEntry]:
    """Yield our strings, then each extension's, from the code: the templates they ship lag behind it."""
    yield from _strings_of(ROOT / "ckanext/opengov_kz", "ckanext/opengov_kz")
    for name in _EXTENSIONS:
        yield from _strings_of(_package(f"ckanext.{name}"), f"ckanext/{name}")


def _strings_of(folder: Path, label: str) -> list[polib.POEntry]:
    """Return the strings found in the Python, templates and scripts under `folder`, sorted by file and line."""
    from babel.messages.extract import extract_from_dir  # noqa: PLC0415 (set-up compiles without it)

    found = sorted(
        extract_from_dir(str(folder), method_map=_METHODS, comment_tags=("TRANSLATORS:",), strip_comment_tags=True),
        key=lambda row: (row[0], row[1]),
    )
    entries = []
    for filename, _, message, comments, context in found:
        msgid, plural = message if isinstance(message, tuple) else (message, "")
        if msgid.strip():
            entry = polib.POEntry(msgid=msgid, msgid_plural=plural, msgctxt=context, comment=" ".join(comments))
            entry.occurrences = [(f"{label}/{filename}", "")]
            entries.append(entry)
    return entries


def _without_lines(template: Iterable[polib.POEntry]) -> list[polib.POEntry]:
    entries = list(template)
    for entry in entries:
        entry.occurrences = sorted({(file, "") for file, _ in entry.occurrences})
    return entries


def _merged(source: polib.POEntry, old: polib.POEntry | None, forms: int) -> polib.POEntry:
    """Return the template's entry with the translation that `old` has for it."""
    entry = polib.POEntry(msgid=source.msgid, msgid_plural=source.msgid_plural, msgctxt=source.msgctxt)
    entry.occurrences, entry.comment, entry.flags = source.occurrences, source.comment, list(source.flags)
    if source.msgid_plural:
        known = (old.msgstr_plural if old else {}) or {}
        entry.msgstr_plural = {index: known.get(index, "") for index in range(forms)}
    elif old:
        entry.msgstr = old.msgstr
        entry.tcomment = old.tcomment
    return entry


def _header(language: str = "") -> dict[str, str]:
    header = {"MIME-Version": "1.0", "Content-Type": "text/plain; charset=utf-8", "Content-Transfer-Encoding": "8bit"}
    return {**header, "Language": language, "Plural-Forms": PLURALS[language]} if language else header


def _save(entries: Iterable[polib.POEntry], path: Path, header: dict[str, str]) -> None:
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = header
    catalogue.extend(entries)
    catalogue.header = "Kept by `make i18n`; translations are edited by hand."
    text = str(catalogue).rstrip("\n") + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:  # else CKAN would rebuild all that depends on it
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main(arguments: list[str] | None = None) -> int:
    """Run one command and return the exit code; `all` is extract, update, compile and check."""
    parser = argparse.ArgumentParser(
        prog="python -m deploy.i18n", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("command", choices=("extract", "update", "compile", "check", "all"))
    command = parser.parse_args(arguments).command
    if command in {"extract", "all"}:
        extract()
    if command in {"update", "all"}:
        update()
    if command in {"compile", "all"}:
        for path in compile_all():
            print(f"compiled {path.relative_to(ROOT)}")
    problems = check() if command in {"check", "all"} else []
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
