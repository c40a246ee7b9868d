"""What the portal itself says about ENSI's classifiers, in Kazakh, Russian and English.

Data only: titles and descriptions of well-known classifiers, the wording common to all of them, and
the data dictionary. The agency's own names are used for a classifier that is not listed here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

Translations = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Passport:
    """A well-known classifier; ``group`` is a category of ``catalogue/reference/categories.yaml``."""

    title: Translations
    notes: Translations
    group: str
    tags: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a classifier's table: its DataStore type and the dictionary's ``info``."""

    id: str
    type: str
    info: Mapping[str, str]


SOURCE_SYSTEM: Translations = {
    "kk": "Бірыңғай нормативтік-анықтамалық ақпарат",
    "ru": "Единая нормативно-справочная информация (ЕНСИ)",
    "en": "Unified reference information (ENSI)",
}

# Law No. 401-V of 16 November 2015: open data are published by information holders.
LEGAL_BASIS: Translations = {
    "kk": "«Ақпаратқа қол жеткізу туралы» Қазақстан Республикасының 2015 жылғы 16 қарашадағы № 401-V Заңы",
    "ru": "Закон Республики Казахстан от 16 ноября 2015 года № 401-V «О доступе к информации»",
    "en": "Law of the Republic of Kazakhstan No. 401-V of 16 November 2015 “On Access to Information”",
}

TAGS: Mapping[str, tuple[str, ...]] = {
    "kk": ("жіктеуіш", "анықтамалық"),
    "ru": ("классификатор", "справочник"),
    "en": ("classifier", "reference data"),
}

RESOURCE_NAME: Translations = {
    "kk": "Жіктеуіштің позициялары, {version} нұсқасы",
    "ru": "Позиции классификатора, версия {version}",
    "en": "Items of the classifier, version {version}",
}
RESOURCE_DESCRIPTION: Translations = {
    "kk": "Жіктеуіштің қолданыстағы және жабылған позициялары, атаулары қазақ және орыс "
    "тілдерінде. Жабылған позициялар жойылмайды: олардың күші тоқтатылған күні көрсетіледі.",
    "ru": "Действующие и закрытые позиции классификатора с названиями на казахском и русском "
    "языках. Закрытые позиции не удаляются: у них указана дата прекращения действия.",
    "en": "Items of the classifier, in force and closed, with names in Kazakh and Russian. Closed "
    "items are not deleted: they carry the date on which they ceased to be in force.",
}

KNOWN: Mapping[str, Passport] = {
    "KATO": Passport(
        title={
            "kk": "Әкімшілік-аумақтық объектілер жіктеуіші (ӘАОЖ)",
            "ru": "Классификатор административно-территориальных объектов (КАТО)",
            "en": "Classifier of administrative-territorial objects (KATO)",
        },
        notes={
            "kk": "Қазақстанның облыстары, республикалық маңызы бар қалалары, аудандары, ауылдық "
            "округтері мен елді мекендерінің тоғыз таңбалы кодтары және атаулары. Деректерді "
            "аумақтар бойынша байланыстыру үшін қажет.",
            "ru": "Девятизначные коды и названия областей, городов республиканского значения, "
            "районов, сельских округов и населённых пунктов Казахстана. Нужен, чтобы связывать "
            "данные по территориям.",
            "en": "Nine-digit codes and names of Kazakhstan's regions, cities of republican "
            "significance, districts, rural districts and settlements. Used to link data by "
            "territory.",
        },
        group="land",
        tags={
            "kk": ("КАТО", "аумақ", "елді мекен"),
            "ru": ("КАТО", "территория", "населённый пункт"),
            "en": ("KATO", "territory", "settlement"),
        },
    ),
    "OKED": Passport(
        title={
            "kk": "Экономикалық қызмет түрлерінің жалпы жіктеуіші (ЭҚЖЖ)",
            "ru": "Общий классификатор видов экономической деятельности (ОКЭД)",
            "en": "General classifier of economic activities (OKED)",
        },
        notes={
            "kk": "Экономикалық қызмет түрлерінің кодтары мен атаулары: секциялар, бөлімдер, "
            "топтар, сыныптар және кіші сыныптар. Ұйымдарды қызмет түрі бойынша топтастыруға "
            "арналған.",
            "ru": "Коды и названия видов экономической деятельности: секции, разделы, группы, "
            "классы и подклассы. Служит для группировки организаций по роду деятельности.",
            "en": "Codes and names of economic activities: sections, divisions, groups, classes "
            "and subclasses. Used to group organisations by what they do.",
        },
        group="economy",
        tags={
            "kk": ("ЭҚЖЖ", "экономикалық қызмет"),
            "ru": ("ОКЭД", "экономическая деятельность"),
            "en": ("OKED", "economic activity"),
        },
    ),
    "KPVED": Passport(
        title={
            "kk": "Экономикалық қызмет түрлері бойынша өнімдер жіктеуіші",
            "ru": "Классификатор продукции по видам экономической деятельности (КПВЭД)",
            "en": "Classifier of products by economic activity (KPVED)",
        },
        notes={
            "kk": "Тауарлар мен көрсетілетін қызметтердің экономикалық қызмет түрлерімен "
            "байланыстырылған кодтары мен атаулары.",
            "ru": "Коды и названия товаров и услуг, увязанные с видами экономической деятельности.",
            "en": "Codes and names of goods and services, linked to economic activities.",
        },
        group="economy",
        tags={
            "kk": ("КПВЭД", "өнім"),
            "ru": ("КПВЭД", "продукция"),
            "en": ("KPVED", "products"),
        },
    ),
    "MKEIS": Passport(
        title={
            "kk": "Өлшем және есептеу бірліктерінің мемлекетаралық жіктеуіші",
            "ru": "Межгосударственный классификатор единиц измерения и счёта (МКЕИС)",
            "en": "Interstate classifier of units of measurement and counting (MKEIS)",
        },
        notes={
            "kk": "Есептілікте және тауарларды сипаттауда қолданылатын өлшем және есептеу "
            "бірліктерінің кодтары мен атаулары.",
            "ru": "Коды и названия единиц измерения и счёта, которые применяются в отчётности и при описании товаров.",
            "en": "Codes and names of units of measurement and counting used in reporting and in "
            "the description of goods.",
        },
        group="economy",
        tags={
            "kk": ("МКЕИС", "өлшем бірлігі"),
            "ru": ("МКЕИС", "единица измерения"),
            "en": ("MKEIS", "unit of measurement"),
        },
    ),
    "KURK": Passport(
        title={
            "kk": "Қазақстан Республикасы көшелерінің жіктеуіші",
            "ru": "Классификатор улиц Республики Казахстан (КУРК)",
            "en": "Classifier of streets of the Republic of Kazakhstan (KURK)",
        },
        notes={
            "kk": "Елді мекендердегі көшелердің және елді мекеннің өзге де құрамдас бөліктерінің кодтары мен атаулары.",
            "ru": "Коды и названия улиц и других составных частей населённых пунктов.",
            "en": "Codes and names of streets and other component parts of settlements.",
        },
        group="land",
        tags={
            "kk": ("КУРК", "көше"),
            "ru": ("КУРК", "улица"),
            "en": ("KURK", "street"),
        },
    ),
}

OTHER = Passport(
    title={},
    notes={
        "kk": "Бірыңғай нормативтік-анықтамалық ақпараттың жіктеуіші: мемлекеттік ақпараттық "
        "жүйелерде қолданылатын кодтар мен атаулар.",
        "ru": "Классификатор единой нормативно-справочной информации: коды и названия, которые "
        "применяются в государственных информационных системах.",
        "en": "A classifier of the unified reference information: codes and names used in state information systems.",
    },
    group="governance",
)

COLUMNS: tuple[Column, ...] = (
    Column(
        "code",
        "text",
        {
            "label_kk": "Код",
            "label_ru": "Код",
            "label_en": "Code",
            "notes_kk": "Позицияның коды, жіктеуіш ішінде қайталанбайды",
            "notes_ru": "Код позиции, не повторяется внутри классификатора",
            "notes_en": "Code of the item, unique within the classifier",
        },
    ),
    Column(
        "parent_code",
        "text",
        {
            "label_kk": "Жоғары тұрған код",
            "label_ru": "Вышестоящий код",
            "label_en": "Parent code",
            "notes_kk": "Жоғары тұрған позицияның коды; бірінші деңгейде бос",
            "notes_ru": "Код вышестоящей позиции; на первом уровне пусто",
            "notes_en": "Code of the item above; empty at the first level",
        },
    ),
    Column(
        "name_kk",
        "text",
        {
            "label_kk": "Қазақ тіліндегі атауы",
            "label_ru": "Название на казахском языке",
            "label_en": "Name in Kazakh",
            "notes_kk": "Дереккөздегі жазылуы сақталған",
            "notes_ru": "Сохранено написание источника",
            "notes_en": "Spelled as in the source",
        },
    ),
    Column(
        "name_ru",
        "text",
        {
            "label_kk": "Орыс тіліндегі атауы",
            "label_ru": "Название на русском языке",
            "label_en": "Name in Russian",
            "notes_kk": "Дереккөздегі жазылуы сақталған",
            "notes_ru": "Сохранено написание источника",
            "notes_en": "Spelled as in the source",
        },
    ),
    Column(
        "level",
        "int",
        {
            "label_kk": "Деңгей",
            "label_ru": "Уровень",
            "label_en": "Level",
            "notes_kk": "Позицияның жіктеуіш құрылымындағы деңгейі, 1-ден бастап саналады",
            "notes_ru": "Уровень позиции в структуре классификатора, считается от 1",
            "notes_en": "Depth of the item in the classifier's tree, counted from 1",
        },
    ),
    Column(
        "valid_from",
        "date",
        {
            "label_kk": "Қолданысқа енгізілген күні",
            "label_ru": "Дата начала действия",
            "label_en": "In force from",
            "notes_kk": "Дереккөзде көрсетілмесе, бос",
            "notes_ru": "Пусто, если в источнике не указано",
            "notes_en": "Empty where the source does not state it",
        },
    ),
    Column(
        "valid_to",
        "date",
        {
            "label_kk": "Қолданысы тоқтатылған күні",
            "label_ru": "Дата прекращения действия",
            "label_en": "In force until",
            "notes_kk": "Қолданыстағы позицияларда бос",
            "notes_ru": "У действующих позиций пусто",
            "notes_en": "Empty for items in force",
        },
    ),
    Column(
        "status",
        "text",
        {
            "label_kk": "Мәртебе",
            "label_ru": "Статус",
            "label_en": "Status",
            "notes_kk": "active: қолданыста; closed: жабылған",
            "notes_ru": "active: действует; closed: закрыта",
            "notes_en": "active: in force; closed: no longer in force",
        },
    ),
)
