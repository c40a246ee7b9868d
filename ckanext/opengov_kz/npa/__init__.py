"""Draft legal acts (НҚА жобалары): published, discussed part by part, answered, reported on.

A draft act is published with its text before it is sent for agreement, people comment on its structural parts, and a
report on the discussion goes with it: the Laws of the Republic of Kazakhstan "On Legal Acts" of 6 April 2016
(No. 480-V) and "On Access to Information" of 16 November 2015 (No. 401-V). The parts (section, chapter, paragraph,
article, item, sub-item, indentation), how they are numbered and how annexes are stamped: see articles 23 to 28 of the
former; check the law in force before relying on a number that stands here.

A draft is a package of the type `npa`; its way (`rules.py`), its text in Kazakh and Russian as a tree of parts with
lasting identities (`texts.py`, `versions.py`), conclusions and the report stand in tables of their own. What people say
of it is a comment of `discussion`, which asks `discussable.py`.

Key words: part, identity (it lasts from version to version), alignment (of the two languages), preview, lead (where
comments on what is gone belong), step, conclusion, report, breach, call for ideas, Akoma Ntoso.
"""

REQUIRES = ("opengov_catalogue", "opengov_discussion", "opengov_notices", "opengov_worktime")
