"""The names that DCAT-AP takes from others: namespaces, and codes of the EU's and IANA's tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from rdflib import Namespace, URIRef

DCATAP: Final = Namespace("http://data.europa.eu/r5r/")
ELI: Final = Namespace("http://data.europa.eu/eli/ontology#")
VCARD: Final = Namespace("http://www.w3.org/2006/vcard/ns#")

_EU: Final = "http://publications.europa.eu/resource/authority"
EU_THEMES: Final = URIRef(f"{_EU}/data-theme")
PUBLIC: Final = URIRef(f"{_EU}/access-right/PUBLIC")
KAZAKHSTAN: Final = URIRef(f"{_EU}/country/KAZ")
KAZAKHSTAN_NAMES: Final = {"kk": "Қазақстан", "ru": "Казахстан", "en": "Kazakhstan"}
EU_THEMES_NAMES: Final = {"kk": "ЕО деректер тақырыптары", "ru": "Темы данных ЕС", "en": "EU data themes"}

_ADMS_PUBLISHER: Final = "http://purl.org/adms/publishertype"
#: Kind of a publisher (schemas/organization.yaml) → type in ADMS's list and its label; `other` has no type there.
PUBLISHER_TYPES: Final = {
    "central": (URIRef(f"{_ADMS_PUBLISHER}/NationalAuthority"), "National authority"),
    "local": (URIRef(f"{_ADMS_PUBLISHER}/RegionalAuthority"), "Regional authority"),
    "quasi_public": (URIRef(f"{_ADMS_PUBLISHER}/Company"), "Company"),
}
#: The terms of `kz-open` ask only to name the publisher and the date.
ATTRIBUTION: Final = (URIRef("http://purl.org/adms/licencetype/Attribution"), "Attribution")


@dataclass(frozen=True, slots=True)
class Format:
    """A file format: its code in the EU table "file-type" and its media type at IANA."""

    file_type: str
    media_type: str

    @property
    def file_type_uri(self) -> URIRef:
        """The format's address in the EU table."""
        return URIRef(f"{_EU}/file-type/{self.file_type}")

    @property
    def media_type_uri(self) -> URIRef:
        """The media type's address at IANA."""
        return media_type_uri(self.media_type)


def media_type_uri(media_type: str) -> URIRef:
    """Name a media type such as ``text/csv`` by its address at IANA."""
    return URIRef(f"https://www.iana.org/assignments/media-types/{media_type}")


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
#: Formats as CKAN writes them (ckan/config/resource_formats.json), in capitals.
FORMATS: Final = {
    "CSV": Format("CSV", "text/csv"),
    "TSV": Format("TSV", "text/tab-separated-values"),
    "JSON": Format("JSON", "application/json"),
    "JSON-LD": Format("JSON_LD", "application/ld+json"),
    "GEOJSON": Format("GEOJSON", "application/geo+json"),
    "XLSX": Format("XLSX", f"{_OFFICE}.spreadsheetml.sheet"),
    "XLS": Format("XLS", "application/vnd.ms-excel"),
    "ODS": Format("ODS", "application/vnd.oasis.opendocument.spreadsheet"),
    "DOCX": Format("DOCX", f"{_OFFICE}.wordprocessingml.document"),
    "DOC": Format("DOC", "application/msword"),
    "ODT": Format("ODT", "application/vnd.oasis.opendocument.text"),
    "PDF": Format("PDF", "application/pdf"),
    "TXT": Format("TXT", "text/plain"),
    "HTML": Format("HTML", "text/html"),
    "XML": Format("XML", "application/xml"),
    "PARQUET": Format("PARQUET", "application/vnd.apache.parquet"),
    "KML": Format("KML", "application/vnd.google-earth.kml+xml"),
    "GPKG": Format("GPKG", "application/geopackage+sqlite3"),
    "SHP": Format("SHP", "application/vnd.shp"),
    "RDF": Format("RDF_XML", "application/rdf+xml"),
    "TTL": Format("RDF_TURTLE", "text/turtle"),
    "ZIP": Format("ZIP", "application/zip"),
    "PNG": Format("PNG", "image/png"),
    "JPEG": Format("JPEG", "image/jpeg"),
    "TIFF": Format("TIFF", "image/tiff"),
}


def known_format(name: Any) -> Format | None:
    """Find a file format by CKAN's name of it, whatever its case."""
    return FORMATS.get(str(name or "").strip().lstrip(".").upper())
