"""The plugin `opengov_search`: what people type is understood, whatever language and spelling it comes in."""

from __future__ import annotations

from typing import Any

from ckan import plugins
from ckan.common import CKANConfig
from ckan.plugins import toolkit

from . import background, indexing, popularity, version


@toolkit.blanket.actions
@toolkit.blanket.auth_functions
@toolkit.blanket.blueprints
@toolkit.blanket.cli
@toolkit.blanket.config_declarations
@toolkit.blanket.helpers
class OpengovSearchPlugin(plugins.SingletonPlugin):
    plugins.implements(plugins.IConfigurer)
    plugins.implements(plugins.IPackageController, inherit=True)
    plugins.implements(plugins.IMiddleware, inherit=True)

    def update_config(self, config: CKANConfig) -> None:
        toolkit.add_template_directory(config, "templates")
        toolkit.add_resource("assets", "opengov-search")

    def make_middleware(self, app: Any, config: CKANConfig) -> Any:  # noqa: ARG002 - CKAN's signature
        # Once in every process that starts, be it a web server, a worker or a command.
        version.tell()
        background.remember_app(app)
        background.plan()
        return app

    def before_dataset_index(self, dataset: dict[str, Any]) -> dict[str, Any]:
        return indexing.document(dataset, popularity.of(dataset["id"], popularity.today()))
