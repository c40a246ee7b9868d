"""Where the owners of what is discussed plug in."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ckan.plugins.interfaces import Interface

from .rules import Settings, Subject, SubjectPart


class IDiscussable(Interface):
    """Something that people discuss. Each method answers for the plugin's own kinds of subjects alone."""

    def discussable_types(self) -> Mapping[str, Settings]:
        """The kinds of subjects (`subject_type`) that this plugin owns, and how each is discussed."""
        return {}

    def discussable_subject(self, subject_type: str, subject_id: str) -> Subject | None:  # noqa: ARG002
        """The subject as it stands now; None where there is none of this kind and id.

        Permissions are not asked here: `is_public` and `owner_id` say who may see it.
        """
        return None

    def discussable_parts(
        self,
        subject: Subject,  # noqa: ARG002
        part_ids: Collection[str],  # noqa: ARG002
    ) -> Mapping[str, SubjectPart]:
        """Those of the parts that the subject has, by id, in a number of queries that does not grow with theirs."""
        return {}
