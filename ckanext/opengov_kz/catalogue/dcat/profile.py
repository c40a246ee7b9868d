"""The profile `opengov_dcat_ap_3` of ckanext-dcat: DCAT-AP 3.0.1 of the portal's passports."""

from __future__ import annotations

from typing import Any

from ckanext.dcat.profiles import EuropeanDCATAP3Profile
from rdflib import URIRef

from ckanext.opengov_kz.catalogue import reference
from ckanext.opengov_kz.catalogue.dcat import lookup
from ckanext.opengov_kz.catalogue.dcat.mapping import Description


class OpengovDcatApProfile(EuropeanDCATAP3Profile):
    """Writes the catalogue and its datasets; reads foreign ones as the European profile does.

    The European profile would write the stored words of our fields (``DAILY``, ``kk``) as they are, leave nodes
    without the classes that the shapes of DCAT-AP ask for, and read each publisher by an action of its own.
    """

    def graph_from_catalog(self, catalog_dict: dict[str, Any] | None, catalog_ref: URIRef) -> None:  # noqa: ARG002
        """Add the catalogue to the graph; what it says of itself stands in reference/portal.yaml."""
        found = lookup.of_catalogue(self.g)
        publisher = found.publisher(reference.load("portal")["publisher"])
        Description(self.g, found.portal).catalogue(catalog_ref, publisher, self._last_catalog_modification())

    def graph_from_dataset(self, dataset_dict: dict[str, Any], dataset_ref: URIRef) -> None:
        """Add a dataset to the graph."""
        found = lookup.of_dataset(self.g)
        Description(self.g, found.portal).dataset(dataset_ref, dataset_dict, found.around(dataset_dict))
