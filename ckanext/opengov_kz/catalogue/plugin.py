"""The plugin `opengov_catalogue`: dataset types by YAML schemas, loaded instead of `scheming_datasets`.

Needs `scheming_organizations` and `scheming_groups`, which also bring scheming's validators and helpers.
"""

from __future__ import annotations

from typing import Any

from ckan import plugins
from ckan.authz import get_local_functions
from ckan.common import CKANConfig
from ckan.plugins import toolkit
from ckan.types import Action, Context, SignalMapping
from ckanext.scheming.plugins import SchemingDatasetsPlugin

from ckanext.opengov_kz.catalogue import model, subscriptions
from ckanext.opengov_kz.catalogue.discussable import DatasetDiscussions
from ckanext.opengov_kz.catalogue.hooks import DatasetHooks
from ckanext.opengov_kz.catalogue.logic import action as actions
from ckanext.opengov_kz.catalogue.logic import auth, stages
from ckanext.opengov_kz.discussion.interfaces import IDiscussable
from ckanext.opengov_kz.search.interfaces import IExpectedInIndex


@toolkit.blanket.auth_functions
@toolkit.blanket.blueprints
@toolkit.blanket.validators
@toolkit.blanket.helpers
@toolkit.blanket.cli
@toolkit.blanket.config_declarations
class OpengovCataloguePlugin(DatasetHooks, DatasetDiscussions, SchemingDatasetsPlugin):
    plugins.implements(plugins.IPackageController, inherit=True)
    plugins.implements(plugins.IFacets, inherit=True)
    plugins.implements(plugins.ISignal)
    plugins.implements(IExpectedInIndex)
    plugins.implements(IDiscussable)

    def update_config(self, config: CKANConfig) -> None:
        super().update_config(config)
        toolkit.add_template_directory(config, "templates")
        toolkit.add_resource("assets", "opengov-catalogue")

    def configure(self, config: CKANConfig) -> None:
        super().configure(config)
        auth.define_roles()
        model.remember_renamings()

    def get_actions(self) -> dict[str, Action]:
        # The blanket would hide scheming's own actions.
        return super().get_actions() | dict(get_local_functions(actions))

    def get_signal_subscriptions(self) -> SignalMapping:
        return subscriptions.get_subscriptions()

    def validate(self, context: Context, data_dict: dict[str, Any], schema: dict[str, Any], action: str) -> Any:
        problems = stages.settle(context, data_dict, action)
        data, errors = super().validate(context, data_dict, schema, action)
        return data, errors | problems
