"""Alerts: what somebody of the centre should look at now, derived from its records alone.

An alert is open as long as what it says is so; nobody closes one by hand. Each asks for the
permission that its own subject asks for anywhere else, so that nobody learns here what they may
not see there.
"""

import shutil
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import islice
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from zhisuan.access import records as access
from zhisuan.access.application import ApplicationState
from zhisuan.access.permission import Permission
from zhisuan.compute import records as jobs
from zhisuan.compute.job import Job, JobReason, JobState
from zhisuan.compute.node import NodeState
from zhisuan.compute.supply import records as supply
from zhisuan.core.clock import Instant, parse_instant
from zhisuan.core.errors import CentreError, NotFound
from zhisuan.ledger.accounts import records as accounts
from zhisuan.ledger.accounts.ladder import Stage
from zhisuan.ledger.invoicing import records as invoicing
from zhisuan.ledger.invoicing.invoice import span_of
from zhisuan.ledger.voucher import records as vouchers
from zhisuan.ledger.voucher.voucher import VoucherState
from zhisuan.services.centre import Centre
from zhisuan.services.pool.nodes import holding, present

_LATELY = timedelta(hours=24)
_MOST_LOOKED_AT = 2000
_FEW_FAILURES = 3
_FAILING_SHARE = 0.5
_MOST_OF_A_KIND = 20
_DISK_LOW, _DISK_FULL = 0.10, 0.03
_MONTHS_BACK = 3
_SOON = timedelta(days=7)


class AlertCode(StrEnum):
    """What is the matter."""

    NODE_DOWN = "node_down"
    NODE_DRAINED = "node_drained"
    JOBS_FAILING = "jobs_failing"
    JOB_LATE = "job_late"
    DISK_FULL = "disk_full"
    ENVIRONMENT_FAILED = "environment_failed"
    APPLICATIONS_WAITING = "applications_waiting"
    VOUCHERS_WAITING = "vouchers_waiting"
    ACCOUNT_LOW = "account_low"
    MONTH_OPEN = "month_open"
    TARIFF_COMING = "tariff_coming"


class Severity(StrEnum):
    """How much it matters: to be known, to be done, to be done at once."""

    NOTICE = "notice"
    WARNING = "warning"
    CRITICAL = "critical"


class Page(StrEnum):
    """Where one does something about it."""

    POOL = "pool"
    QUEUE = "queue"
    SYSTEM = "system"
    CATALOGUE = "catalogue"
    TENANTS = "tenants"
    VOUCHERS = "vouchers"
    PRICES = "prices"


@dataclass(frozen=True, slots=True)
class Alert:
    """One open alert.

    Attributes:
        subject: the id or name of what it is about.
        since: since when it has been so; None where that is not recorded.
        zh, en: one sentence each.
        needs: the permission to see it.
    """

    code: AlertCode
    severity: Severity
    subject: str
    since: Instant | None
    zh: str
    en: str
    page: Page
    needs: Permission


def alerts(centre: Centre) -> Sequence[Alert]:
    """Everything that is open now, the gravest first."""
    with centre.database.read() as connection:
        found = [
            *_nodes(centre, connection),
            *_jobs(centre, connection),
            *_disk(centre),
            *_applications(connection),
            *_vouchers(connection),
            *_accounts(connection),
            *_months(centre, connection),
            *_tariffs(centre, connection),
        ]
    return sorted(found, key=lambda each: -list(Severity).index(each.severity))


def _nodes(centre: Centre, connection: Connection) -> Iterator[Alert]:
    nodes = present(centre, connection)
    if all(node.state is NodeState.READY for node in nodes):
        return
    changed = supply.changed(connection)
    busy = {each.node for each in holding(connection)}
    for node in nodes:
        since = changed.get(node.name)
        if node.state is NodeState.DOWN:
            severity = Severity.WARNING if node.simulated else Severity.CRITICAL
            yield Alert(
                AlertCode.NODE_DOWN,
                severity,
                node.name,
                since,
                f"节点 {node.name} 已停用；修好后请恢复。",
                f"The node {node.name} is down; make it ready once it is mended.",
                Page.POOL,
                Permission.SEE_POOL,
            )
        elif node.state is NodeState.DRAINING and node.name not in busy:
            yield Alert(
                AlertCode.NODE_DRAINED,
                Severity.NOTICE,
                node.name,
                since,
                f"节点 {node.name} 已排空，上面没有作业了。",
                f"The node {node.name} is drained: nothing runs there any more.",
                Page.POOL,
                Permission.SEE_POOL,
            )


def _jobs(centre: Centre, connection: Connection) -> Iterator[Alert]:
    now = centre.clock.now()
    ended = jobs.ended_since(connection, now - _LATELY, limit=_MOST_LOOKED_AT)
    yield from _failing(ended)
    yield from _environments(centre, ended)
    late = sorted(centre.foresight.late(now.timestamp()).items(), key=lambda each: each[1])
    there = set(jobs.queued(connection)) if late else set[str]()
    for job_id, until in islice((each for each in late if each[0] in there), _MOST_OF_A_KIND):
        yield Alert(
            AlertCode.JOB_LATE,
            Severity.WARNING,
            job_id,
            datetime.fromtimestamp(until, now.tzinfo),
            f"作业 {job_id} 等得比预告的久。",
            f"The job {job_id} waits longer than it was told it would.",
            Page.QUEUE,
            Permission.SEE_JOBS,
        )


_NOT_THE_NODES = frozenset(
    {JobReason.WRONG_INPUT, JobReason.OVER_TIME, JobReason.ENVIRONMENT_UNAVAILABLE}
)
"""Failures that say nothing of the machine."""


def _failing(ended: Sequence[Job]) -> Iterator[Alert]:
    """Nodes on which most of what ended lately failed."""
    all_there: Counter[str] = Counter()
    failed: dict[str, list[Instant]] = defaultdict(list)
    for job in ended:
        for node in {held.node for held in job.allocations}:
            all_there[node] += 1
            bad = job.state is JobState.FAILED and job.reason not in _NOT_THE_NODES
            if bad and job.ended_at is not None:
                failed[node].append(job.ended_at)
    for node, at in failed.items():
        if len(at) >= _FEW_FAILURES and len(at) >= _FAILING_SHARE * all_there[node]:
            yield Alert(
                AlertCode.JOBS_FAILING,
                Severity.WARNING,
                node,
                min(at),
                f"一天内节点 {node} 上结束的 {all_there[node]} 个作业有 {len(at)} 个失败。",
                f"Of {all_there[node]} jobs that ended on {node} within a day, {len(at)} failed.",
                Page.POOL,
                Permission.SEE_JOBS,
            )


def _environments(centre: Centre, ended: Sequence[Job]) -> Iterator[Alert]:
    """Algorithms that failed lately for want of their environment, and have none still."""
    failed: dict[str, list[Instant]] = defaultdict(list)
    for job in ended:
        if job.reason is JobReason.ENVIRONMENT_UNAVAILABLE and job.ended_at is not None:
            failed[job.work.algorithm].append(job.ended_at)
    for name, at in failed.items():
        if not _is_made(centre, name):
            yield Alert(
                AlertCode.ENVIRONMENT_FAILED,
                Severity.CRITICAL,
                name,
                min(at),
                f"算法 {name} 的环境没有做成，{len(at)} 个作业因此失败。",
                f"The environment of {name} could not be made; {len(at)} job(s) failed for it.",
                Page.CATALOGUE,
                Permission.SEE_POOL,
            )


def _is_made(centre: Centre, name: str) -> bool:
    try:
        centre.environments.made(centre.catalogue.get(name).lock)
    except NotFound:
        return True  # it is no part of the catalogue any more
    except CentreError:
        return False
    return True


def _disk(centre: Centre) -> Iterator[Alert]:
    usage = shutil.disk_usage(centre.folder)
    share = usage.free / usage.total
    if share < _DISK_LOW:
        yield Alert(
            AlertCode.DISK_FULL,
            Severity.CRITICAL if share < _DISK_FULL else Severity.WARNING,
            "data",
            None,
            f"数据目录所在磁盘只剩 {share:.1%}（{usage.free / 2**30:.1f} GB）。",
            f"The disk of the data folder has {share:.1%} left ({usage.free / 2**30:.1f} GB).",
            Page.SYSTEM,
            Permission.SEE_POOL,
        )


_APPLICATIONS = {
    ApplicationState.IN_REVIEW: (
        "个申请等待评审。",
        "application waits for a review.",
        "applications wait for a review.",
    ),
    ApplicationState.REPORTED: (
        "份报告等待验收。",
        "report waits for a verdict.",
        "reports wait for a verdict.",
    ),
}


def _applications(connection: Connection) -> Iterator[Alert]:
    for state, (count, since) in access.applications_in(connection, _APPLICATIONS).items():
        chinese, one, many = _APPLICATIONS[ApplicationState(state)]
        yield Alert(
            AlertCode.APPLICATIONS_WAITING,
            Severity.NOTICE,
            state,
            parse_instant(since),
            f"{count} {chinese}",
            f"{count} {one if count == 1 else many}",
            Page.TENANTS,
            Permission.SEE_RECORDS,
        )


_VOUCHERS = {
    VoucherState.APPLIED: (
        "张算力券等待审批。",
        "voucher waits for approval.",
        "vouchers wait for approval.",
    ),
    VoucherState.REDEMPTION_REQUESTED: (
        "张算力券等待兑付核验。",
        "voucher waits for its redemption to be verified.",
        "vouchers wait for their redemption to be verified.",
    ),
    VoucherState.VERIFIED: (
        "张算力券等待付款。",
        "voucher waits to be paid out.",
        "vouchers wait to be paid out.",
    ),
}


def _vouchers(connection: Connection) -> Iterator[Alert]:
    for state, (count, since) in vouchers.standing_in(connection, _VOUCHERS).items():
        chinese, one, many = _VOUCHERS[VoucherState(state)]
        yield Alert(
            AlertCode.VOUCHERS_WAITING,
            Severity.NOTICE,
            state,
            parse_instant(since),
            f"{count} {chinese}",
            f"{count} {one if count == 1 else many}",
            Page.VOUCHERS,
            Permission.SEE_RECORDS,
        )


_STAGES: Mapping[Stage, tuple[Severity, str, str]] = {
    Stage.NOTIFIED: (Severity.NOTICE, "余额不多了。", "has little left."),
    Stage.NO_NEW_WORK: (
        Severity.WARNING,
        "余额用完，不接受新任务。",
        "has nothing left and gets no new work.",
    ),
    Stage.PAUSED: (Severity.WARNING, "欠费已久，任务已暂停。", "is dry; its work is paused."),
    Stage.STOPPED: (
        Severity.WARNING,
        "欠费太久，任务已结束。",
        "was dry for too long; its work was ended.",
    ),
}


def _accounts(connection: Connection) -> Iterator[Alert]:
    found = accounts.off_the_top(connection, _MOST_OF_A_KIND)
    names = access.tenant_names(connection, found)
    for tenant, standing in found.items():
        severity, chinese, english = _STAGES[standing.stage]
        yield Alert(
            AlertCode.ACCOUNT_LOW,
            severity,
            tenant,
            standing.since,
            f"租户 {names.get(tenant, tenant)} {chinese}",
            f"The account of {names.get(tenant, tenant)} {english}",
            Page.TENANTS,
            Permission.SEE_RECORDS,
        )


def _months(centre: Centre, connection: Connection) -> Iterator[Alert]:
    """Months that are over, and in which something was charged that is on no invoice."""
    zone = centre.ledger.zone
    now = centre.clock.now()
    first = now.astimezone(ZoneInfo(zone)).replace(day=1)
    for _ in range(_MONTHS_BACK):
        first = (first - timedelta(days=1)).replace(day=1)
        month = f"{first:%Y-%m}"
        since, until = span_of(month, zone)
        tenants = invoicing.without_invoice(connection, month, since, until)
        if tenants:
            yield Alert(
                AlertCode.MONTH_OPEN,
                Severity.WARNING,
                month,
                until,
                f"{month} 还没有关账：{tenants} 个租户没有账单。",
                f"The month {month} is not closed: {tenants} tenant(s) have no invoice.",
                Page.PRICES,
                Permission.SEE_RECORDS,
            )


def _tariffs(centre: Centre, connection: Connection) -> Iterator[Alert]:
    now = centre.clock.now()
    book = centre.ledger.tariffs.refresh(connection)
    for tariff in book.versions:
        at = tariff.effective_from
        if now < at <= now + _SOON:
            local = at.astimezone(ZoneInfo(tariff.calendar.zone))
            yield Alert(
                AlertCode.TARIFF_COMING,
                Severity.NOTICE,
                str(tariff.version),
                None,
                f"第 {tariff.version} 版价目将在 {local:%Y-%m-%d %H:%M} 生效。",
                f"Version {tariff.version} of the prices takes effect at {local:%Y-%m-%d %H:%M}.",
                Page.PRICES,
                Permission.SEE_POOL,
            )
