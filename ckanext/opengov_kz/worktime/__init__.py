"""The portal's calendar of working days: the state's holidays, and above them the days that the Government has moved.

All terms that are counted in working days are counted by it. Labour Code of 23 November 2015 (No. 414-V), article 85:
the Government may move days off; it does so by a decree for each year.

Key words: override (a day that is not what the week and the holidays say), term, deadline.
"""

#: Needs nothing but the portal's frame.
REQUIRES = ("opengov_site",)
