"""Replays: the centre's own history under other rules or on another pool."""

from datetime import timedelta

from fastapi import APIRouter
from pydantic import BaseModel, Field

from zhisuan.api.door import At, CentreHere, Operating
from zhisuan.compute.policyfile import parse_rules
from zhisuan.compute.poolfile import parse_pool
from zhisuan.services.pool.nodes import bare
from zhisuan.services.pool.retrace import Agreement
from zhisuan.services.pool.whatif import Course, agreement, as_it_was, lived, would_be

router = APIRouter(tags=["replays"])

_MOST_TEXT = 200_000
_DAYS = 30


class ReplayIn(BaseModel):
    """What to change; what is left out stays as it is today."""

    policy: str | None = Field(default=None, max_length=_MOST_TEXT)
    """A policy file, as text."""
    pool: str | None = Field(default=None, max_length=_MOST_TEXT)
    """A pool file, as text."""
    since: At | None = None
    """Jobs submitted from then on; 30 days ago if left out."""
    until: At | None = None
    """Jobs that ended before; now if left out."""
    retrace: bool = False
    """Whether to ask the scheduler again at every turn of that time, too."""


class ReplayOut(BaseModel):
    """The past as it was, as the scheduler of today would make it, and as it would with changes."""

    lived: Course
    """Measured."""
    today: Course
    """Simulated: the present rules and pool."""
    changed: Course | None
    """Simulated: with what was to be changed; null if nothing was."""
    agreement: Agreement | None
    """How many starts the scheduler, asked again, decides at the same turn; null if not asked."""


@router.post("/v1/replays", status_code=200)
def replay_history(body: ReplayIn, centre: CentreHere, _caller: Operating) -> ReplayOut:
    """Replay the jobs of a span of time; nothing of the centre is changed."""
    until = body.until or centre.clock.now()
    since = body.since or until - timedelta(days=_DAYS)
    policy, nodes = centre.rules.policy, centre.nodes
    other = (
        policy if body.policy is None else parse_rules(body.policy.encode(), "the policy").policy
    )
    pool = nodes if body.pool is None else parse_pool(body.pool.encode(), "the pool", bare(centre))
    with centre.database.read() as connection:
        past = lived(connection, since, until)
        agreed = agreement(connection, nodes, centre.rules, since, until) if body.retrace else None
    changes = body.policy is not None or body.pool is not None
    return ReplayOut(
        lived=as_it_was(past, nodes),
        today=would_be(past, nodes, policy),
        changed=would_be(past, pool, other) if changes else None,
        agreement=agreed,
    )
