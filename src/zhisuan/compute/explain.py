"""Reasons as sentences, in Chinese and English: what happened and what to do next."""

from collections.abc import Mapping
from enum import StrEnum

from zhisuan.compute.job import JobReason
from zhisuan.compute.scheduler import WaitingReason

FAILURES: Mapping[JobReason, tuple[str, str]] = {
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
    JobReason.BY_TENANT: ("由用户停止。", "Stopped by its tenant."),
    JobReason.BY_OPERATOR: ("由运营方停止。", "Stopped by the operator."),
    JobReason.UNKNOWN: (
        "原因不明；请查看日志。",
        "The cause is not known; read the log.",
    ),
}

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
    WaitingReason.PREPARING: (
        "正在准备算法环境，只有第一次需要。",
        "The algorithm's environment is being made; only the first time.",
    ),
    WaitingReason.NO_SUCH_DEVICE: (
        "算力池里现在没有这样的设备；请改变要求。",
        "The pool has no such device at present; change the request.",
    ),
}


def sentence(reason: StrEnum, language: str = "en") -> str:
    """The sentence of a failure or waiting reason; `language` is `zh` or `en`."""
    pairs: dict[str, tuple[str, str]] = {**FAILURES, **WAITS}
    chinese, english = pairs[reason]
    return chinese if language == "zh" else english
