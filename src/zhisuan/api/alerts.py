"""Alerts: what should be looked at now."""

from typing import Self

from fastapi import APIRouter
from pydantic import AwareDatetime, BaseModel

from zhisuan.access.permission import may
from zhisuan.api.door import CentreHere, PoolViewer
from zhisuan.services.monitoring.alerts import Alert, AlertCode, Page, Severity, alerts

router = APIRouter(tags=["alerts"])

_EVERY_S = 5.0


class AlertOut(BaseModel):
    """One open alert; it is open as long as what it says is so."""

    code: AlertCode
    severity: Severity
    subject: str
    """The id or name of what it is about."""
    since: AwareDatetime | None
    """Null where that is not recorded."""
    zh: str
    en: str
    page: Page
    """Where one does something about it."""

    @classmethod
    def of(cls, alert: Alert) -> Self:
        """From the value."""
        return cls(
            code=alert.code,
            severity=alert.severity,
            subject=alert.subject,
            since=alert.since,
            zh=alert.zh,
            en=alert.en,
            page=alert.page,
        )


class AlertsOut(BaseModel):
    """All that is open, as far as one may see it, the gravest first."""

    items: list[AlertOut]


@router.get("/v1/alerts")
def list_alerts(centre: CentreHere, caller: PoolViewer) -> AlertsOut:
    """What should be looked at now: nodes, jobs, disk, and for those who see records, money."""
    found = centre.fresh.get("alerts", _EVERY_S, lambda: alerts(centre))
    return AlertsOut(items=[AlertOut.of(each) for each in found if may(caller, each.needs)])
