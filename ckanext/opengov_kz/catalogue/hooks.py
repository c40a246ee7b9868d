"""What CKAN asks about datasets on their way in, out and into lists: a mixin of the plugin."""

from __future__ import annotations

from typing import Any

from ckan.plugins import toolkit
from ckan.types import Context

from ckanext.opengov_kz.catalogue import categories, display
from ckanext.opengov_kz.catalogue import facets as facet_lists

Facets = dict[str, str]


class DatasetHooks:
    """Methods of IDatasetForm, IPackageController, IFacets and IExpectedInIndex; each leads to where it is done."""

    def package_form(self) -> str:
        return "catalogue/dataset_form.html"

    def resource_form(self) -> str:
        return "catalogue/resource_form.html"

    def read_template(self, package_type: str = "dataset") -> str:
        # A type whose page is another capability's names it in its schema.
        schema = toolkit.h.scheming_get_dataset_schema(package_type) or {}
        return schema.get("read_template", "catalogue/dataset_read.html")

    def before_dataset_index(self, dataset: dict[str, Any]) -> dict[str, Any]:
        return dataset | facet_lists.of_document(dataset)

    def expected_in_index(self) -> dict[str, dict[str, list[str]]]:
        return {"vocab_update_state": facet_lists.update_states()}

    def after_dataset_create(self, context: Context, dataset: dict[str, Any]) -> None:  # noqa: ARG002
        categories.file_dataset(dataset)

    def after_dataset_update(self, context: Context, dataset: dict[str, Any]) -> None:  # noqa: ARG002
        categories.file_dataset(dataset)

    def before_dataset_view(self, pkg: dict[str, Any]) -> dict[str, Any]:
        display.dataset(pkg)
        return pkg

    def after_dataset_show(self, context: Context, pkg: dict[str, Any]) -> None:
        if context.get("for_view"):
            display.dataset(pkg)
            display.dataset_owners([pkg], {})

    def before_dataset_search(self, params: dict[str, Any]) -> dict[str, Any]:
        return params | {"fq": facet_lists.with_kinds(params.get("fq") or "")}

    def after_dataset_search(
        self,
        found: dict[str, Any],
        params: dict[str, Any],  # noqa: ARG002
    ) -> dict[str, Any]:
        facets = found.get("search_facets", {})
        display.dataset_owners(found["results"], facets)
        facet_lists.put_labels(facets)
        return found

    def dataset_facets(self, facets: Facets, package_type: str) -> Facets:  # noqa: ARG002
        return facet_lists.titles()

    def organization_facets(
        self,
        facets: Facets,  # noqa: ARG002
        organization_type: str,  # noqa: ARG002
        package_type: str | None,  # noqa: ARG002
    ) -> Facets:
        return facet_lists.titles(skip="organization")

    def group_facets(
        self,
        facets: Facets,  # noqa: ARG002
        group_type: str,  # noqa: ARG002
        package_type: str | None,  # noqa: ARG002
    ) -> Facets:
        return facet_lists.titles()
