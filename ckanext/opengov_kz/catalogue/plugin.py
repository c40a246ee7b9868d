"""The plugin `opengov_catalogue`: dataset types by YAML schemas, loaded instead of `scheming_datasets`."""

from __future__ import annotations

from ckanext.scheming.plugins import SchemingDatasetsPlugin


class OpengovCataloguePlugin(SchemingDatasetsPlugin):
    pass
