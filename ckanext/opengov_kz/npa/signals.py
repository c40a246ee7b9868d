"""The signals of draft acts, in CKAN's own namespace for extensions."""

from __future__ import annotations

from ckan.plugins import toolkit

#: Sent after an act came to another stage: `send(package_id, stage=…)`.
act_moved = toolkit.signals.ckanext.signal("opengov_npa:act_moved")
#: Sent after a new version of an act was published: `send(package_id, version=…)`.
version_published = toolkit.signals.ckanext.signal("opengov_npa:version_published")
