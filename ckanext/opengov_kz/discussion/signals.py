"""The signals of the discussion, in CKAN's own namespace for extensions."""

from __future__ import annotations

from ckan.plugins import toolkit

#: Sent after somebody commented: `send(comment_id, subject=Subject, settings=Settings)`.
commented = toolkit.signals.ckanext.signal("opengov_discussion:commented")
#: Sent after an official reply was published: `send(comment_id)`.
answered = toolkit.signals.ckanext.signal("opengov_discussion:answered")
#: Sent after a moderator let a comment through: `send(comment_id)`.
let_through = toolkit.signals.ckanext.signal("opengov_discussion:let_through")
#: Sent after a vote was set, changed or taken back: `send(target_id, target=…, subject=Subject)`.
voted = toolkit.signals.ckanext.signal("opengov_discussion:voted")
