"""Draft legal acts: their texts as trees of parts, in Kazakh and Russian, version after version.

A draft act is published with its text before it is sent for agreement, and people comment on its structural parts: the
Laws of the Republic of Kazakhstan "On Legal Acts" of 6 April 2016 (No. 480-V) and "On Access to Information" of
16 November 2015 (No. 401-V). The parts (section, chapter, paragraph, article, item, sub-item, indentation), how they
are numbered and how annexes are stamped: see articles 23 to 28 of the former; check the law in force before
relying on a number that stands here.

Key words: part, identity (it lasts from version to version), alignment (of the two languages), Akoma Ntoso.
"""

#: The texts themselves need nothing of CKAN.
REQUIRES = ()
