"""Old runs are forgotten: a source that is harvested every five minutes would keep a hundred thousand of them a year.

What a later run goes on from, and what a dataset says of its origin, stands in the current object of each table: these
stay, however old, with the runs that they are of.
"""

from __future__ import annotations

import logging

from ckan import model
from ckanext.harvest.model import (
    HarvestGatherError,
    HarvestJob,
    HarvestObject,
    HarvestObjectError,
    HarvestObjectExtra,
)
from sqlalchemy import delete, exists, func, select

log = logging.getLogger(__name__)


def prune(kept: int) -> int:
    """Deletes the runs of each source beyond its newest `kept` with all that is noted of them; how many went.

    In a fixed number of statements, however many runs there are.
    """
    newest_first = func.row_number().over(partition_by=HarvestJob.source_id, order_by=HarvestJob.created.desc())
    numbered = select(HarvestJob.id, HarvestJob.status, newest_first.label("place")).subquery()
    old = select(numbered.c.id).where(numbered.c.place > kept, numbered.c.status == "Finished")
    objects = select(HarvestObject.id).where(HarvestObject.harvest_job_id.in_(old), HarvestObject.current.is_not(True))
    session = model.Session
    for noted in (HarvestObjectExtra, HarvestObjectError):
        session.execute(delete(noted).where(noted.harvest_object_id.in_(objects)))
    session.execute(delete(HarvestObject).where(HarvestObject.id.in_(objects)))
    empty = select(HarvestJob.id).where(
        HarvestJob.id.in_(old), ~exists().where(HarvestObject.harvest_job_id == HarvestJob.id)
    )
    session.execute(delete(HarvestGatherError).where(HarvestGatherError.harvest_job_id.in_(empty)))
    gone = len(session.scalars(delete(HarvestJob).where(HarvestJob.id.in_(empty)).returning(HarvestJob.id)).all())
    session.commit()
    if gone:
        log.info("%d old runs of harvests were forgotten", gone)
    return gone
