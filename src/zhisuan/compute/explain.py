"""Reasons as sentences, in Chinese and English: what happened and what to do next."""

from collections.abc import Mapping

from zhisuan.compute.job import JobReason, Leave
from zhisuan.compute.scheduler.values import WaitingReason

REASONS: Mapping[JobReason, tuple[str, str]] = {
    JobReason.PROGRAM_ERROR: (
        "算法运行时出错；请查看日志，或联系算法提供方。",
        "The algorithm stopped with an error; read the log or ask its provider.",
    ),
    JobReason.OUT_OF_MEMORY: (
        "内存不够；请换更少的数据，或申请更多内存。",
        "It needed more memory than granted; bring less data or ask for more memory.",
    ),
    JobReason.COMMAND_NOT_FOUND: (
        "找不到要运行的程序；请检查算法包。",
        "The program to run was not found; check the algorithm's package.",
    ),
    JobReason.WRONG_INPUT: (
        "数据不能这样用；请按提示修改后重试。",
        "The data cannot be used this way; change it as the message says and try again.",
    ),
    JobReason.OVER_TIME: (
        "超过了时间上限；请选择更高的档位或更少的数据。",
        "It ran past its time limit; choose a higher effort or bring less data.",
    ),
    JobReason.DISK_FULL: (
        "磁盘已满；请联系运营方清理后重试。",
        "The disk is full; the operator must free space, then try again.",
    ),
    JobReason.NODE_LOST: (
        "运行它的机器中断了；已自动重新排队，不收费。",
        "The machine that ran it was lost; it was queued again and the loss is not charged.",
    ),
    JobReason.ENVIRONMENT_UNAVAILABLE: (
        "算法环境没有准备好；请联系运营方。",
        "The algorithm's environment could not be made; the operator must look at it.",
    ),
    JobReason.PREEMPTED: (
        "已为别的作业让出位置，轮到时自动继续；检查点里的成果还在，没有保住的部分不收费。",
        "It made room for another job and waits again; work that was not kept is not charged.",
    ),
    JobReason.SHRUNK: (
        "长时间闲置，改用最少的节点重新排队，会从检查点继续。",
        "It idled, so it was queued again with its fewest nodes; it goes on from its checkpoint.",
    ),
    JobReason.SUSPENDED: (
        "闲置太久，已暂停并保存检查点；恢复后继续。",
        "It idled too long and was suspended with its checkpoint; resume it to go on.",
    ),
    JobReason.BY_TENANT: ("由用户停止。", "Stopped by its tenant."),
    JobReason.BY_OPERATOR: ("由运营方停止。", "Stopped by the operator."),
    JobReason.BY_IDLE_RULE: (
        "闲置太久，已按规则结束；已做成的部分保留，需要时请重新提交。",
        "It idled too long and was ended by rule; what it made stays. Submit it again to go on.",
    ),
    JobReason.UNPAID: (
        "账户余额用完已久，已暂停并保存检查点；充值后自动继续。",
        "Nothing has been left in the account for long, so it was paused; pay in to go on.",
    ),
    JobReason.BY_UNPAID: (
        "账户余额用完太久，已按规则结束；数据和已做成的部分保留。",
        "Nothing was left in the account for too long, so it was ended; what it made stays.",
    ),
    JobReason.UNKNOWN: (
        "原因不明；请查看日志。",
        "The cause is not known; read the log.",
    ),
}

LEAVES: Mapping[Leave, tuple[str, str]] = {
    Leave.PRIORITY: (
        "优先级更高的作业需要这个位置；正在保存检查点并让出。",
        "A job of a higher class needs its place; it keeps its checkpoint and makes room.",
    ),
    Leave.RECLAIMED: (
        "借用的算力被配额所有者收回；正在保存检查点并让出。",
        "What it borrowed is wanted by the tenant whose quota it is; it makes room.",
    ),
    Leave.TURN: (
        "轮到用得较少的作业了；正在保存检查点并让出。",
        "It is the turn of jobs that have had less; it keeps its checkpoint and makes room.",
    ),
    Leave.SHRINK: (
        "长时间闲置，将缩减到最少的节点。",
        "It has idled, so it will go on with its fewest nodes.",
    ),
    Leave.IDLE: (
        "闲置太久，将保存检查点并暂停。",
        "It has idled too long, so it is suspended with its checkpoint.",
    ),
    Leave.UNPAID: (
        "账户余额用完已久，将保存检查点并暂停。",
        "Nothing has been left in the account for long; it keeps its checkpoint and pauses.",
    ),
    Leave.NODE_DOWN: (
        "它所在的节点已被运营方停用；将重新排队，不收费。",
        "The operator took its node down; it is queued again, and the loss is not charged.",
    ),
}

IDLING = (
    "作业几乎没有使用所占的算力；继续闲置会被按规则收回。",
    "It uses next to nothing of what it holds; if that goes on, the rule will take it back.",
)
"""The warning of the idle rule."""

WAITS: Mapping[WaitingReason, tuple[str, str]] = {
    WaitingReason.QUOTA: (
        "已用满配额；等自己的作业结束，或申请更多配额。",
        "Your quota is in use; it starts when one of your jobs ends, or with a larger quota.",
    ),
    WaitingReason.NO_FIT_NOW: (
        "算力暂时都在使用；前面的作业结束后就会开始。",
        "Everything that fits is in use; it starts when a running job ends.",
    ),
    WaitingReason.FRAGMENTATION: (
        "空闲算力够，但分散在几台机器上；要求小一些可以更早开始。",
        "Enough is free, but spread over several machines; a smaller request would start sooner.",
    ),
    WaitingReason.GANG_INCOMPLETE: (
        "成组作业需要同时有足够多的机器；减少组员可以更早开始。",
        "A gang needs all its machines at once; a smaller gang would start sooner.",
    ),
    WaitingReason.RESERVED_FOR_EARLIER: (
        "排在前面的作业先开始。",
        "Earlier jobs go first.",
    ),
    WaitingReason.FAIR_SHARE: (
        "近来用得较少的用户先用；轮到你时就会开始。",
        "Those who used less of late go first; it starts when your turn comes.",
    ),
    WaitingReason.MAKING_ROOM: (
        "正在为它腾出位置，很快就会开始。",
        "Room is being made for it; it starts in a moment.",
    ),
    WaitingReason.HELD_FOR_GREEN: (
        "等更便宜、更低碳的时段再开始，仍会按时完成；取消“绿色优先”可以马上开始。",
        "It waits for cleaner hours and will finish in time; without `green` it would start now.",
    ),
    WaitingReason.NOT_BEFORE: (
        "还没有到约定的开始时间。",
        "Its appointed time has not come yet.",
    ),
    WaitingReason.SUSPENDED: (
        "闲置太久，已暂停；恢复作业即可继续排队。",
        "It was suspended for being idle; resume it to queue again.",
    ),
    WaitingReason.UNPAID: (
        "账户余额已用完；充值后自动继续排队。",
        "Nothing is left in the account; it queues again once money is paid in.",
    ),
    WaitingReason.PREPARING: (
        "正在准备算法环境，只有第一次需要。",
        "The algorithm's environment is being made; only the first time.",
    ),
    WaitingReason.NO_SUCH_DEVICE: (
        "算力池里现在没有这样的设备；请改变要求。",
        "The pool has no such device at present; change the request.",
    ),
}


def sentence(reason: JobReason | WaitingReason | Leave, language: str = "en") -> str:
    """The sentence of a reason; `language` is `zh` or `en`."""
    chinese, english = _pair(reason)
    return chinese if language == "zh" else english


def sentences(reason: JobReason | WaitingReason | Leave) -> dict[str, object]:
    """Both sentences, as an event carries them."""
    return told(_pair(reason))


def told(pair: tuple[str, str]) -> dict[str, object]:
    """A sentence in both languages, under the names that every answer gives them."""
    return {"why_zh": pair[0], "why_en": pair[1]}


def _pair(reason: JobReason | WaitingReason | Leave) -> tuple[str, str]:
    if isinstance(reason, JobReason):
        return REASONS[reason]
    return LEAVES[reason] if isinstance(reason, Leave) else WAITS[reason]
