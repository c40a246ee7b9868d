"""What the portal itself says about the Address Register's tables, in Kazakh, Russian and English. Data only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

Translations = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Passport:
    """One table: what it is called, what it holds, and its columns in the agency's order."""

    title: Translations
    notes: Translations
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its DataStore type and its name in Kazakh, Russian and English."""

    id: str
    type: str
    kk: str
    ru: str
    en: str

    def info(self) -> dict[str, str]:
        """The entry of the data dictionary."""
        return {"label_kk": self.kk, "label_ru": self.ru, "label_en": self.en}


def _words(kk: str, ru: str, en: str) -> Translations:
    return {"kk": kk, "ru": ru, "en": en}


SOURCE_SYSTEM = _words(
    "«Мекенжай тіркелімі» ақпараттық жүйесі",
    "Информационная система «Адресный регистр»",
    "Information system “Address Register”",
)
# Law No. 401-V of 16 November 2015: open data are published by information holders.
LEGAL_BASIS = _words(
    "«Ақпаратқа қол жеткізу туралы» Қазақстан Республикасының 2015 жылғы 16 қарашадағы № 401-V Заңы",
    "Закон Республики Казахстан от 16 ноября 2015 года № 401-V «О доступе к информации»",
    "Law of the Republic of Kazakhstan No. 401-V of 16 November 2015 “On Access to Information”",
)
TAGS: Mapping[str, tuple[str, ...]] = {
    "kk": ("мекенжай тіркелімі", "мекенжай"),
    "ru": ("адресный регистр", "адрес"),
    "en": ("address register", "address"),
}

_KINDS = ("id", "code", "value_ru", "value_kz", "short_value_ru", "short_value_kz", "actual")
_PATHS = ("full_path_rus", "full_path_kaz")
_LAST = ("actual", "modified")
_NAMES = ("name_rus", "name_kaz", *_PATHS, "rco", "cato", *_LAST)

TABLES: Mapping[str, Passport] = {
    "d_ats_types": Passport(
        _words(
            "Мекенжай тіркелімі: әкімшілік-аумақтық бірліктердің түрлері",
            "Адресный регистр: виды административно-территориальных единиц",
            "Address Register: kinds of administrative-territorial units",
        ),
        _words(
            "Облыс, аудан, қала, ауыл сияқты әкімшілік-аумақтық бірліктер түрлерінің анықтамалығы.",
            "Справочник видов административно-территориальных единиц: область, район, город, село и другие.",
            "Reference list of kinds of administrative-territorial units: region, district, city, village and others.",
        ),
        _KINDS,
    ),
    "d_geonims_types": Passport(
        _words(
            "Мекенжай тіркелімі: елді мекендердің құрамдас бөліктерінің түрлері",
            "Адресный регистр: виды составных частей населённых пунктов",
            "Address Register: kinds of parts of settlements",
        ),
        _words(
            "Көше, даңғыл, шағын аудан, тұйық көше сияқты құрамдас бөліктер түрлерінің анықтамалығы.",
            "Справочник видов составных частей: улица, проспект, микрорайон, переулок и другие.",
            "Reference list of kinds of parts of settlements: street, avenue, micro-district, lane and others.",
        ),
        (*_KINDS[:-1], "this_is", "actual"),
    ),
    "d_buildings_pointers": Passport(
        _words(
            "Мекенжай тіркелімі: ғимараттар көрсеткіштері",
            "Адресный регистр: указатели зданий",
            "Address Register: pointers of buildings",
        ),
        _words(
            "Мекенжайда ғимарат нөмірінің алдында тұратын сөздердің анықтамалығы: үй, ғимарат және басқалары.",
            "Справочник слов, которые в адресе стоят перед номером здания: дом, здание и другие.",
            "Reference list of the words that stand before a building's number in an address.",
        ),
        _KINDS,
    ),
    "d_rooms_types": Passport(
        _words(
            "Мекенжай тіркелімі: үй-жайлардың түрлері",
            "Адресный регистр: виды помещений",
            "Address Register: kinds of premises",
        ),
        _words(
            "Пәтер, тұрғын емес үй-жай сияқты үй-жайлар түрлерінің анықтамалығы.",
            "Справочник видов помещений: квартира, нежилое помещение и другие.",
            "Reference list of kinds of premises: flat, non-residential premises and others.",
        ),
        _KINDS,
    ),
    "s_ats": Passport(
        _words(
            "Мекенжай тіркелімі: әкімшілік-аумақтық бірліктер",
            "Адресный регистр: административно-территориальные единицы",
            "Address Register: administrative-territorial units",
        ),
        _words(
            "Елдің облыстары, аудандары, қалалары мен ауылдары тармақ түрінде: әр бірлікте жоғары тұрған бірліктің "
            "сәйкестендіргіші, қазақша және орысша атауы, ӘАОЖ коды бар.",
            "Области, районы, города и сёла страны в виде дерева: у каждой единицы есть идентификатор вышестоящей, "
            "название на казахском и русском языках и код КАТО.",
            "Regions, districts, cities and villages as a tree: each unit has the identifier of the one above it, its "
            "name in Kazakh and Russian, and its KATO code.",
        ),
        ("id", "parent_id", "d_ats_type_id", "d_ats_type_code", *_NAMES),
    ),
    "s_geonims": Passport(
        _words(
            "Мекенжай тіркелімі: көшелер және елді мекендердің өзге де құрамдас бөліктері",
            "Адресный регистр: улицы и другие составные части населённых пунктов",
            "Address Register: streets and other parts of settlements",
        ),
        _words(
            "Көшелер, даңғылдар, шағын аудандар және өзге де құрамдас бөліктер, олар орналасқан елді мекенмен бірге.",
            "Улицы, проспекты, микрорайоны и другие составные части с указанием населённого пункта.",
            "Streets, avenues, micro-districts and other parts, with the settlement that they belong to.",
        ),
        ("id", "parent_id", "s_ats_id", "d_geonims_type_id", *_NAMES),
    ),
    "s_grounds_new": Passport(
        _words(
            "Мекенжай тіркелімі: жер учаскелері",
            "Адресный регистр: земельные участки",
            "Address Register: land plots",
        ),
        _words(
            "Мекенжайы бар жер учаскелері: нөмірі, кадастрлық нөмірі, мекенжайдың тіркеу коды (МТК), толық мекенжайы.",
            "Земельные участки с адресом: номер, кадастровый номер, регистрационный код адреса (РКА) и полный адрес.",
            "Land plots with an address: number, cadastral number, address code (RCA) and full address.",
        ),
        ("id", "s_ats_id", "s_geonim_id", "number", "cadastre_number", "rca", *_PATHS, *_LAST),
    ),
    "s_buildings": Passport(
        _words(
            "Мекенжай тіркелімі: ғимараттар",
            "Адресный регистр: здания",
            "Address Register: buildings",
        ),
        _words(
            "Ғимараттар: нөмірі, көшесі, елді мекені, мекенжайдың тіркеу коды (МТК), толық мекенжайы.",
            "Здания и сооружения: номер, улица, населённый пункт, регистрационный код адреса (РКА) и полный адрес.",
            "Buildings: number, street, settlement, address code (RCA) and full address.",
        ),
        (
            "id", "parent_id", "parent_rca", "s_ats_id", "s_geonim_id", "s_ground_id", "d_buildings_pointer_id",
            "d_buildings_pointer_code", "number", "distance", "this_is", "rca", *_PATHS, *_LAST,
        ),
    ),
    "s_pb": Passport(
        _words(
            "Мекенжай тіркелімі: пәтерлер және өзге де үй-жайлар",
            "Адресный регистр: квартиры и другие помещения",
            "Address Register: flats and other premises",
        ),
        _words(
            "Ғимараттардағы пәтерлер мен өзге де үй-жайлар: нөмірі, мекенжайдың тіркеу коды (МТК), толық мекенжайы.",
            "Квартиры и другие помещения в зданиях: номер, регистрационный код адреса (РКА) и полный адрес.",
            "Flats and other premises in buildings: number, address code (RCA) and full address.",
        ),
        ("id", "s_building_id", "d_room_type_id", "number", "rca", *_PATHS, *_LAST),
    ),
}  # fmt: skip

_COLUMNS = {
    column.id: column
    for column in (
        Column("id", "bigint", "Сәйкестендіргіш", "Идентификатор", "Identifier"),
        Column("parent_id", "bigint", "Жоғары тұрған объект", "Вышестоящий объект", "Object above"),
        Column(
            "parent_rca", "text", "Жоғары тұрған объектінің МТК-сы", "РКА вышестоящего объекта", "RCA of the one above"
        ),
        Column(
            "s_ats_id", "bigint", "Әкімшілік-аумақтық бірлік", "Административно-территориальная единица", "Territory"
        ),
        Column("s_geonim_id", "bigint", "Көше", "Улица", "Street"),
        Column("s_ground_id", "bigint", "Жер учаскесі", "Земельный участок", "Land plot"),
        Column("s_building_id", "bigint", "Ғимарат", "Здание", "Building"),
        Column("d_ats_type_id", "bigint", "Бірліктің түрі", "Вид единицы", "Kind of territory"),
        Column("d_ats_type_code", "text", "Бірлік түрінің коды", "Код вида единицы", "Code of the kind"),
        Column("d_geonims_type_id", "bigint", "Құрамдас бөліктің түрі", "Вид составной части", "Kind of the part"),
        Column("d_buildings_pointer_id", "bigint", "Ғимарат көрсеткіші", "Указатель здания", "Pointer of the building"),
        Column("d_buildings_pointer_code", "text", "Көрсеткіштің коды", "Код указателя", "Code of the pointer"),
        Column("d_room_type_id", "bigint", "Үй-жайдың түрі", "Вид помещения", "Kind of premises"),
        Column("code", "text", "Код", "Код", "Code"),
        Column("value_ru", "text", "Орысша атауы", "Название на русском", "Name in Russian"),
        Column("value_kz", "text", "Қазақша атауы", "Название на казахском", "Name in Kazakh"),
        Column("short_value_ru", "text", "Орысша қысқа атауы", "Краткое название на русском", "Short name in Russian"),
        Column(
            "short_value_kz", "text", "Қазақша қысқа атауы", "Краткое название на казахском", "Short name in Kazakh"
        ),
        Column("this_is", "text", "Объект белгісі", "Признак объекта", "What it is"),
        Column("name_rus", "text", "Орысша атауы", "Название на русском", "Name in Russian"),
        Column("name_kaz", "text", "Қазақша атауы", "Название на казахском", "Name in Kazakh"),
        Column("full_path_rus", "text", "Орысша толық мекенжайы", "Полный адрес на русском", "Full address in Russian"),
        Column(
            "full_path_kaz", "text", "Қазақша толық мекенжайы", "Полный адрес на казахском", "Full address in Kazakh"
        ),
        Column("number", "text", "Нөмірі", "Номер", "Number"),
        Column("distance", "text", "Қашықтық", "Расстояние", "Distance"),
        Column("cadastre_number", "text", "Кадастрлық нөмірі", "Кадастровый номер", "Cadastral number"),
        Column(
            "rca", "text", "Мекенжайдың тіркеу коды (МТК)", "Регистрационный код адреса (РКА)", "Address code (RCA)"
        ),
        Column("rco", "text", "Объектінің тіркеу коды", "Регистрационный код объекта", "Code of the object (RCO)"),
        Column("cato", "text", "ӘАОЖ коды", "Код КАТО", "KATO code"),
        Column("actual", "bool", "Қолданыста", "Действует", "In force"),
        Column("modified", "timestamp", "Өзгертілген уақыты", "Время изменения", "Modified"),
    )
}


def columns(table: str) -> tuple[Column, ...]:
    """The columns of a table in the agency's order."""
    return tuple(_COLUMNS[name] for name in TABLES[table].columns)
