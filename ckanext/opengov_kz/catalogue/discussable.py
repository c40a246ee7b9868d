"""What people discuss of a dataset: all of it, as long as it is public. The publisher answers."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from ckan import model

from ckanext.opengov_kz.catalogue import display
from ckanext.opengov_kz.discussion.rules import Settings, Subject, SubjectPart

TYPE = "dataset"


class DatasetDiscussions:
    """Methods of IDiscussable. No law sets a term for answers to remarks on data; a dataset has no parts."""

    def discussable_types(self) -> Mapping[str, Settings]:
        return {TYPE: Settings(kinds=("opinion", "remark"))}

    def discussable_subject(self, subject_type: str, subject_id: str) -> Subject | None:
        package = model.Package.get(subject_id) if subject_type == TYPE else None
        if package is None or package.type != TYPE or package.state != model.State.ACTIVE or not package.owner_org:
            return None
        title = display.stored_text(package) or {"kk": package.title or package.name}
        address = f"/dataset/{package.name}"
        return Subject(TYPE, package.id, title, address, package.owner_org, is_public=not package.private)

    def discussable_parts(
        self,
        subject: Subject,  # noqa: ARG002
        part_ids: Collection[str],  # noqa: ARG002
    ) -> Mapping[str, SubjectPart]:
        return {}
