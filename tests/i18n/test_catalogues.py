"""The kk and ru catalogues: whole, unbroken, with the right plural forms and the project's terms."""

from __future__ import annotations

import gettext
import io
import re
from typing import TYPE_CHECKING

import polib
import pytest

from deploy import i18n

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.fast

LANGUAGES = tuple(i18n.PLURALS)

# English word → what must stand for it in Kazakh and in Russian, as in docs/glossary.md.
TERMS = {
    r"datasets?": ("жиынты[қғ]", "набор"),
    r"organizations?": ("жариялаушы", "издател"),  # CKAN's; our own "organisation" is any
    r"groups?": ("санат", "категори"),
    r"users?": ("пайдаланушы", "пользовател"),
    r"harvest sources?": ("жинау көз", "источник[а-я]* сбора"),
    r"licen[sc]es?": ("лицензия", "лицензи"),
    r"views? of": ("көрініс|қаралым", "представлени|просмотр"),
}
# Strings where the English word means something else, by their beginning.
OTHER_MEANING = (
    "<p>CKAN is the world",  # user groups and companies all over the world
    "<p>As a sysadmin user",
    "<p><strong>Admin:</strong> Can edit group",  # members "of an organization" on the page of a category
    "My Organization",  # an example of a name
)
# Word beginnings that the glossary rules out.
FORBIDDEN = {
    "kk": ("тұтынушы", "юзер", "датасет", "деректер жинағы", "мәліметтер жинағы"),
    "ru": ("нормативно-правов", "датасет", "пакет данных", "пакета данных", "массив", "коллаборатор", "группы"),
}


def _translations(language: str) -> list[polib.POEntry]:
    return [entry for catalogue in i18n.CATALOGUES for entry in polib.pofile(str(catalogue.translation(language)))]


def _texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def _compiled(catalogue: i18n.Catalogue, language: str) -> gettext.GNUTranslations:
    binary = polib.pofile(str(catalogue.translation(language))).to_binary()
    return gettext.GNUTranslations(io.BytesIO(binary))


def test_every_string_is_translated_and_unbroken() -> None:
    assert i18n.check() == []


def test_core_template_has_the_strings_of_the_installed_ckan() -> None:
    shipped = polib.pofile(str(i18n._package("ckan") / "i18n/ckan.pot"))
    ours = polib.pofile(str(i18n.CORE.template))
    assert {entry.msgid for entry in ours} == {entry.msgid for entry in shipped}


def test_own_template_is_in_step_with_the_code() -> None:
    core = {entry.msgid for entry in polib.pofile(str(i18n.CORE.template))}
    in_code = {entry.msgid for entry in i18n._own_entries()} - core
    in_template = {entry.msgid for entry in polib.pofile(str(i18n.OWN.template))}
    assert sorted(in_template ^ in_code) == [], "run `make i18n`, then translate what is new"


def test_own_catalogue_repeats_no_string_of_ckan() -> None:
    core, own = ({(entry.msgctxt, entry.msgid) for entry in polib.pofile(str(c.template))} for c in i18n.CATALOGUES)
    assert core & own == set()


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_rules_of_core_and_own_agree(language: str) -> None:
    rules = {polib.pofile(str(c.translation(language))).metadata["Plural-Forms"] for c in i18n.CATALOGUES}
    assert rules == {i18n.PLURALS[language]}


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (0, "Найдено 0 наборов данных"),
        (1, "Найден 1 набор данных"),
        (2, "Найдено 2 набора данных"),
        (5, "Найдено 5 наборов данных"),
        (11, "Найдено 11 наборов данных"),
        (21, "Найден 21 набор данных"),
        (112, "Найдено 112 наборов данных"),
    ],
)
def test_russian_number_takes_its_form(number: int, expected: str) -> None:
    text = _compiled(i18n.CORE, "ru").ngettext("{number} dataset found", "{number} datasets found", number)
    assert text.format(number=number) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [(1, "источник сбора"), (2, "источника сбора"), (5, "источников сбора"), (21, "источник сбора")],
)
def test_own_catalogue_counts_as_core_does(number: int, expected: str) -> None:
    text = _compiled(i18n.OWN, "ru").ngettext("{number} harvest source found", "{number} harvest sources found", number)
    assert text.endswith(expected)


@pytest.mark.parametrize("number", [1, 2, 5, 21])
def test_kazakh_noun_stays_singular_after_a_numeral(number: int) -> None:
    text = _compiled(i18n.CORE, "kk").ngettext("{number} dataset found", "{number} datasets found", number)
    assert text.format(number=number) == f"{number} деректер жиынтығы табылды"


@pytest.mark.parametrize("language", LANGUAGES)
def test_terms_of_the_glossary_hold(language: str) -> None:
    position = LANGUAGES.index(language)
    broken = [
        (entry.msgid, text)
        for entry in _translations(language)
        for word, terms in TERMS.items()
        if re.search(rf"(?<![-/])\b{word}\b", i18n._spoken(entry.msgid), re.IGNORECASE)
        and not entry.msgid.startswith(OTHER_MEANING)
        for text in _texts(entry)
        if text != entry.msgid  # the name of a licence, say, which stays as it is
        and not re.search(terms[position], text, re.IGNORECASE)
    ]
    assert broken == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_words_ruled_out_by_the_glossary_are_absent(language: str) -> None:
    pattern = re.compile("|".join(rf"\b{word}" for word in FORBIDDEN[language]), re.IGNORECASE)
    found = [(text, entry.msgid) for entry in _translations(language) for text in _texts(entry) if pattern.search(text)]
    assert found == []


def test_russian_is_written_without_the_letter_yo() -> None:
    found = [text for entry in _translations("ru") for text in _texts(entry) if re.search("[ёЁ]", text)]
    assert found == []


@pytest.mark.parametrize(
    ("msgid", "msgstr", "fault"),
    [
        ("{n} rows", "жолдар", "placeholders or tags differ"),
        ("%s of %d", "%d – %s", "placeholders or tags differ"),
        ("%(a)s and %(b)s", "%(a)s", "placeholders or tags differ"),
        ("<b>now</b>", "<i>қазір</i>", "placeholders or tags differ"),
        ("Name", "", "not translated"),
        ("Name: ", "Атауы:", "spaces or line ends at the edges differ"),
        ("line\n", "жол", "spaces or line ends at the edges differ"),
        ("Name", "Aтауы", "Latin letters among Cyrillic ones in 'Aтауы'"),
        ("Size", "c кг", "Latin letters among Cyrillic ones in 'c'"),
    ],
)
def test_fault_is_named(msgid: str, msgstr: str, fault: str) -> None:
    assert list(i18n.faults(polib.POEntry(msgid=msgid, msgstr=msgstr), "kk")) == [fault]


@pytest.mark.parametrize(
    ("msgid", "msgstr"),
    [
        ("%(a)s and %(b)s", "%(b)s және %(a)s"),
        ('<img alt="a map">', '<img alt="карта">'),
        ("about 100 % of rows", "жолдардың шамамен 100 %"),
        ("API of {name}", "{name} API-і"),
    ],
)
def test_sound_translation_has_no_fault(msgid: str, msgstr: str) -> None:
    assert list(i18n.faults(polib.POEntry(msgid=msgid, msgstr=msgstr), "kk")) == []


def test_kazakh_letters_in_russian_are_a_fault() -> None:
    entry = polib.POEntry(msgid="Almaty", msgstr="Алматы қаласы")
    assert list(i18n.faults(entry, "ru")) == ["Kazakh letters in a Russian text"]


def test_form_for_one_may_leave_the_number_out_in_kazakh_alone() -> None:
    def entry(forms: list[str]) -> polib.POEntry:
        return polib.POEntry(msgid="a row", msgid_plural="{n} rows", msgstr_plural=dict(enumerate(forms)))

    assert list(i18n.faults(entry(["бір жол", "{n} жол"]), "kk")) == []
    assert list(i18n.faults(entry(["одна строка", "{n} строки", "{n} строк"]), "ru")) != []


def test_strings_are_found_in_python_templates_and_scripts(tmp_path: Path) -> None:
    for name, text in {
        "views.py": 'title = _("From Python")',
        "templates/page.html": "{% trans %}\n  From a\n  template\n{% endtrans %}",
        "assets/page.js": 'this._("From a script");',
        "tests/test_page.py": '_("From a test")',
    }.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")

    found = {entry.msgid: entry.occurrences for entry in i18n._strings_of(tmp_path, "package")}

    assert found == {
        "From Python": [("package/views.py", "")],
        "From a template": [("package/templates/page.html", "")],
        "From a script": [("package/assets/page.js", "")],
    }


@pytest.fixture
def small_catalogues(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two catalogues of one string each, translated into both languages."""
    monkeypatch.setattr(i18n, "I18N", tmp_path)
    for catalogue in i18n.CATALOGUES:
        i18n._save([polib.POEntry(msgid="Kept")], catalogue.template, i18n._header())
        for language in LANGUAGES:
            kept = polib.POEntry(msgid="Kept", msgstr="Сол")
            i18n._save([kept], catalogue.translation(language), i18n._header(language))
    return tmp_path


def test_update_keeps_translations_and_lists_what_is_new_as_missing(small_catalogues: Path) -> None:
    new = [polib.POEntry(msgid="Kept"), polib.POEntry(msgid="New")]
    i18n._save(new, i18n.OWN.template, i18n._header())

    i18n.update()

    entries = polib.pofile(str(i18n.OWN.translation("kk")))
    assert [(entry.msgid, entry.msgstr) for entry in entries] == [("Kept", "Сол"), ("New", "")]
    assert [problem for problem in i18n.check() if "/kk/" in problem] == [
        "own/kk/LC_MESSAGES/ckanext-opengov_kz.po: not translated: 'New'",
    ]


def test_compile_writes_only_what_is_older_than_its_source(small_catalogues: Path) -> None:
    assert len(i18n.compile_all()) == len(i18n.CATALOGUES) * len(LANGUAGES)
    assert i18n.compile_all() == []
