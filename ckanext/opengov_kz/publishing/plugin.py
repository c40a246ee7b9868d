"""The plugin `opengov_publishing`: the corridor for rows, the table of a resource and its downloads."""

from __future__ import annotations

from typing import Any

from ckan import plugins
from ckan.common import CKANConfig
from ckan.plugins import toolkit
from ckan.types import SignalMapping

from ckanext.opengov_kz.publishing import exports_queue, subscriptions


@toolkit.blanket.actions
@toolkit.blanket.auth_functions
@toolkit.blanket.blueprints
@toolkit.blanket.cli
@toolkit.blanket.config_declarations
@toolkit.blanket.helpers
@toolkit.blanket.validators
class OpengovPublishingPlugin(plugins.SingletonPlugin):
    plugins.implements(plugins.IConfigurer)
    plugins.implements(plugins.IMiddleware, inherit=True)
    plugins.implements(plugins.ISignal)

    def update_config(self, config: CKANConfig) -> None:
        toolkit.add_template_directory(config, "templates")
        toolkit.add_resource("assets", "opengov-publishing")

    def make_middleware(self, app: Any, config: CKANConfig) -> Any:  # noqa: ARG002 - CKAN's signature
        # Once in every process that starts, be it a web server, a worker or a command.
        exports_queue.plan()
        subscriptions.remember_app(app)
        return app

    def get_signal_subscriptions(self) -> SignalMapping:
        return subscriptions.get_subscriptions()
