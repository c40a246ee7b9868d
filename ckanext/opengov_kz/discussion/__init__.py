"""What people say about anything that a body publishes, and what the body answers.

One discussion for all parts of the portal: it knows no dataset type and asks whoever owns a subject through
`interfaces.IDiscussable`: is it open, which parts does it have, who answers. Public discussion and the duty to answer
each comment and proposal: the Laws of the Republic of Kazakhstan "On Legal Acts" of 6 April 2016 (No. 480-V) and "On
Access to Information" of 16 November 2015 (No. 401-V); the Openness Standard of 18 April 2025.

Key words: subject (what is discussed), part (a lasting piece of it), thread, remark, proposal, opinion, official reply,
term (of the reply, in working days), moderation, bar.
"""

#: Accounts have a confirmed e-mail address (opengov_site). Roles in bodies are those of CKAN.
REQUIRES = ("opengov_site", "opengov_worktime", "opengov_notices")
