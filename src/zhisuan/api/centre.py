"""The centre itself: health, catalogue, the ledger's verification."""

from collections import Counter
from dataclasses import asdict
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from zhisuan import __version__
from zhisuan.access.permission import Permission, may
from zhisuan.access.tables import AUDIT, AUDIT_CHAIN
from zhisuan.api.door import CentreHere, Operating, PoolViewer, ThisId, Verifier
from zhisuan.api.models import AlgorithmOut, CentreOut, LatelyOut, Page, ReclaimedOut
from zhisuan.compute import records as jobs
from zhisuan.compute.reclaim import reclaimed
from zhisuan.core.money import to_yuan
from zhisuan.ledger.audit import FaultKind
from zhisuan.services.centre import Centre
from zhisuan.services.pool.lately import Lately, lately
from zhisuan.services.pool.nodes import present

router = APIRouter(tags=["centre"])

_EVERY_S = 5.0


class HealthOut(BaseModel):
    """Whether the centre works."""

    status: Literal["ok"] = "ok"
    version: str = __version__


@router.get("/v1/health")
def health(centre: CentreHere) -> HealthOut:
    """Answers when the centre and its database do; needs no key."""
    with centre.database.read() as connection:
        connection.exec_driver_sql("SELECT 1")
    return HealthOut()


@router.get("/v1/centre")
def see_centre(centre: CentreHere, caller: PoolViewer) -> CentreOut:
    """The centre at a glance: nodes and jobs by state, what idle jobs gave back, the last day."""
    with centre.database.read() as connection:
        nodes = Counter(node.state for node in present(centre, connection))
        counts = jobs.counts(connection)
        saved = reclaimed(jobs.given_back(connection), centre.clock.now())
    return CentreOut(
        nodes=nodes,
        jobs=counts,
        reclaimed=ReclaimedOut(**asdict(saved)),
        lately=_lately(centre, money=may(caller, Permission.SEE_RECORDS)),
    )


def _lately(centre: Centre, *, money: bool) -> LatelyOut:
    def make() -> Lately:
        with centre.database.read() as connection:
            return lately(centre, connection)

    told = centre.fresh.get("lately", _EVERY_S, make)
    return LatelyOut(
        since=told.since,
        started=told.started,
        median_wait_s=told.median_wait_s,
        ended=told.ended,
        failed=told.failed,
        charged_today_yuan=to_yuan(told.charged_today) if money else None,
    )


@router.get("/v1/algorithms")
def list_algorithms(centre: CentreHere) -> Page[AlgorithmOut]:
    """The catalogue; needs no key."""
    return Page(items=[AlgorithmOut.of(each) for each in centre.catalogue], next=None)


class EnvironmentOut(BaseModel):
    """How far an algorithm's environment is."""

    stage: str
    detail: str
    hint: str


@router.post("/v1/algorithms/{name}/prepare", status_code=200)
def prepare_algorithm(name: ThisId, centre: CentreHere, _caller: Operating) -> EnvironmentOut:
    """Make an algorithm's environment ahead of its first job; ask again to see how far it is."""
    state = centre.environments.prepare(centre.catalogue.get(name).lock)
    hint = state.error.hint if state.error else ""
    return EnvironmentOut(stage=state.stage, detail=state.detail, hint=hint)


class FaultOut(BaseModel):
    """One thing that is not as it was written."""

    part: str
    place: int | None
    """The record's number in its part; null for an account."""
    name: str
    kind: FaultKind
    detail: str
    message_zh: str
    message_en: str


class VerifyOut(BaseModel):
    """The outcome of a verification."""

    ok: bool
    records: dict[str, int]
    """How many records each chain holds."""
    checkpoints: int
    faults: list[FaultOut]
    """The first of each part; empty when all is as it was written."""


@router.post("/v1/ledger/verify", status_code=200)
def verify_ledger(centre: CentreHere, _caller: Verifier) -> VerifyOut:
    """Walk every chain of the ledger; the first broken record is named."""
    with centre.database.read() as connection:
        report = centre.ledger.verify(connection, centre.secret, {AUDIT_CHAIN: AUDIT})
    faults = [
        FaultOut(**asdict(fault), message_zh=fault.sentence("zh"), message_en=fault.sentence("en"))
        for fault in report.faults
    ]
    return VerifyOut(
        ok=report.ok,
        records=dict(report.records),
        checkpoints=report.checkpoints,
        faults=faults,
    )
