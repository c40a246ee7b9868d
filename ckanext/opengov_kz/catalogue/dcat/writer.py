"""Writes into a graph what all descriptions have in common: texts in languages, nodes with their class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar
from urllib.parse import quote

from rdflib import RDF, SKOS, Graph, Literal, URIRef
from rdflib.term import Node

from ckanext.opengov_kz.catalogue.dcat.values import Translations


@dataclass(frozen=True, slots=True)
class Portal:
    """What all descriptions share.

    - ``base``: the portal's address, without a slash at its end;
    - ``title``, ``description``: of the whole catalogue, by language;
    - ``licences``: names of licences by language, by the licence's id;
    - ``eu_themes``: names of the EU's data themes by language, by their code.
    """

    base: str
    title: Translations
    description: Translations
    licences: Mapping[str, Translations] = field(default_factory=dict)
    eu_themes: Mapping[str, Translations] = field(default_factory=dict)

    def address(self, *path: str) -> URIRef:
        """Name something of the portal by the parts of its path."""
        return URIRef("/".join((self.base, *(quote(part, safe="#.") for part in path))))


class Writer:
    """Writes into one graph, about one portal."""

    #: Prefixes that the written forms use.
    prefixes: ClassVar[Mapping[str, Any]] = {}

    def __init__(self, graph: Graph, portal: Portal) -> None:
        self.graph = graph
        self.portal = portal
        for prefix, namespace in self.prefixes.items():
            graph.bind(prefix, namespace, replace=True)

    def concept(
        self, subject: Node, predicate: URIRef, concept: URIRef, names: Translations, scheme: URIRef | None = None
    ) -> None:
        self.node(subject, predicate, concept, SKOS.Concept)
        self.texts(concept, SKOS.prefLabel, names)
        if scheme is not None:
            self.graph.add((concept, SKOS.inScheme, scheme))

    def code(self, subject: Node, predicate: URIRef, address: str | None, kind: URIRef) -> None:
        if address:
            self.node(subject, predicate, URIRef(address), kind)

    def node(self, subject: Node, predicate: URIRef, value: Node, kind: URIRef) -> None:
        self.graph.add((subject, predicate, value))
        self.graph.add((value, RDF.type, kind))

    def texts(self, subject: Node, predicate: URIRef, texts: Translations) -> None:
        for lang, content in texts.items():
            self.graph.add((subject, predicate, Literal(content, lang=lang or None)))
