"""The signals of publishing, in CKAN's own namespace for extensions."""

from __future__ import annotations

from ckan.plugins import toolkit

#: Sent after a merge is committed: `send(resource_id, report=MergeReport)`, also when nothing changed.
rows_merged = toolkit.signals.ckanext.signal("opengov_publishing:rows_merged")

#: Sent after the columns of a table changed: `send(resource_id)`.
columns_changed = toolkit.signals.ckanext.signal("opengov_publishing:columns_changed")

#: Sent when a merge is held back, once and not for each one after it: `send(resource_id, run_id=…)`.
merge_held = toolkit.signals.ckanext.signal("opengov_publishing:merge_held")
