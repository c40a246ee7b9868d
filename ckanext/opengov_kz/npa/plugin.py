"""The plugin `opengov_npa`: draft legal acts, their stages, texts, reports and archives."""

from __future__ import annotations

from typing import Any

from ckan import plugins
from ckan.authz import get_local_functions
from ckan.common import CKANConfig
from ckan.plugins import toolkit
from ckan.types import Action, Context, SignalMapping

from ckanext.opengov_kz.discussion.interfaces import IDiscussable
from ckanext.opengov_kz.notices.interfaces import INotices
from ckanext.opengov_kz.npa import indexing, reminding, subscriptions
from ckanext.opengov_kz.npa.discussable import ActDiscussions
from ckanext.opengov_kz.npa.logic import action, record_action, text_action


@toolkit.blanket.auth_functions
@toolkit.blanket.blueprints
@toolkit.blanket.cli
@toolkit.blanket.config_declarations
@toolkit.blanket.helpers
@toolkit.blanket.validators
class OpengovNpaPlugin(ActDiscussions, plugins.SingletonPlugin):
    plugins.implements(plugins.IActions)
    plugins.implements(plugins.IConfigurer)
    plugins.implements(plugins.IMiddleware, inherit=True)
    plugins.implements(plugins.IPackageController, inherit=True)
    plugins.implements(plugins.ISignal)
    plugins.implements(IDiscussable)
    plugins.implements(INotices)

    def get_actions(self) -> dict[str, Action]:
        # The blanket takes one file; there is one for acts, one for texts, one for what stands around them.
        return dict(pair for module in (action, text_action, record_action) for pair in get_local_functions(module))

    def make_middleware(self, app: Any, config: CKANConfig) -> Any:  # noqa: ARG002 - CKAN's signature
        reminding.plan()
        return app

    def before_dataset_index(self, dataset: dict[str, Any]) -> dict[str, Any]:
        return indexing.document(dataset)

    def after_dataset_create(self, context: Context, dataset: dict[str, Any]) -> None:  # noqa: ARG002
        indexing.follow(dataset)

    def after_dataset_update(self, context: Context, dataset: dict[str, Any]) -> None:  # noqa: ARG002
        indexing.follow(dataset)

    def notice_kinds(self) -> dict[str, str]:
        return subscriptions.notice_kinds()

    def get_signal_subscriptions(self) -> SignalMapping:
        return subscriptions.get_subscriptions()

    def update_config(self, config: CKANConfig) -> None:
        toolkit.add_template_directory(config, "templates")
        toolkit.add_resource("assets", "opengov-npa")
