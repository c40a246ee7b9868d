"""The plugin `opengov_catalogue`: dataset types by YAML schemas, loaded instead of `scheming_datasets`.

Needs `scheming_organizations` and `scheming_groups`, which also bring scheming's validators and helpers.
"""

from __future__ import annotations

from typing import Any

from ckan import plugins
from ckan.common import CKANConfig
from ckan.plugins import toolkit
from ckan.types import Context

from ckanext.opengov_kz.catalogue import categories, indexing
from ckanext.scheming.plugins import SchemingDatasetsPlugin


@toolkit.blanket.validators
@toolkit.blanket.helpers
@toolkit.blanket.cli
@toolkit.blanket.config_declarations
class OpengovCataloguePlugin(SchemingDatasetsPlugin):
    plugins.implements(plugins.IPackageController, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        super().update_config(config)
        toolkit.add_template_directory(config, "templates")
        toolkit.add_resource("assets", "opengov-catalogue")

    def before_dataset_index(self, dataset: dict[str, Any]) -> dict[str, Any]:
        return indexing.document(dataset)

    def after_dataset_create(self, context: Context, dataset: dict[str, Any]) -> None:
        categories.file_dataset(dataset)

    def after_dataset_update(self, context: Context, dataset: dict[str, Any]) -> None:
        categories.file_dataset(dataset)
