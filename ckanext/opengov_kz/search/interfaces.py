"""What other plugins can tell the search."""

from __future__ import annotations

from ckan.plugins.interfaces import Interface

from ckanext.opengov_kz.search.rules import Expected


class IExpectedInIndex(Interface):
    """For plugins whose fields in the index follow the calendar, or anything else that leaves a dataset untouched."""

    def expected_in_index(self) -> Expected:
        """Say which values documents should have now.

        :returns: stored field of the index → dataset id → values, empty for none. The nightly comparison indexes the
            datasets again whose documents have others; those that are not named are left alone.
        """
        return {}
