"""What people are told: in the portal, and by mail as each of them wants it: at once, once a day, or not at all.

A notice is told once: whoever sends it gives it a key, and the same key is never told the same person again. Mails go
through the queue of jobs; a mail server that refuses is asked again, with growing pauses.

Key words: notice, kind (what one can switch off), digest (the mail of a day).
"""

#: Accounts and their languages are the portal's frame.
REQUIRES = ("opengov_site",)
