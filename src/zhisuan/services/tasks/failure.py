"""Why a task came to no result, in words for whoever asked: what happened, and what to do next.

The words of `compute.explain` are for a job and whoever runs it; these are for somebody who
brought a table and waits for an answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from zhisuan.compute.job import Job, JobReason, JobState


@dataclass(frozen=True, slots=True)
class Failure:
    """Why there is no result.

    Attributes:
        zh, en: what happened.
        next_zh, next_en: what to do.
        message: what the algorithm or the centre said in its own words; may be empty.
    """

    reason: JobReason
    zh: str
    en: str
    next_zh: str
    next_en: str
    message: str


def failure_of(job: Job) -> Failure | None:
    """Why a job ended without a result; None while it may still have one."""
    if job.state not in (JobState.FAILED, JobState.CANCELLED):
        return None
    reason = job.reason or JobReason.UNKNOWN
    (zh, en), (next_zh, next_en) = _WORDS[reason]
    return Failure(reason, zh, en, next_zh, next_en, job.message)


_Pair = tuple[str, str]

_AGAIN: _Pair = (
    "请用同一份数据重新提问。",
    "Ask the same question of the same data again.",
)
_TELL: _Pair = (
    "请把任务编号告诉中心的工作人员，他们能看到详情。",
    "Give the number of the task to the people of the centre; they can see the details.",
)
_DATA: _Pair = (
    "请照提示修改表格，再带来一次。",
    "Change the table as the message says and bring it again.",
)
_SMALLER: _Pair = (
    "请带来少一些行或列的表，或选更高的档位。",
    "Bring a table with fewer rows or columns, or choose a higher effort.",
)
_PAY: _Pair = (
    "请先充值，再重新提问。",
    "Pay into the account first, then ask again.",
)
_ANEW: _Pair = (
    "需要时可以随时重新提问。",
    "Ask again whenever you like.",
)

_BROKE: _Pair = (
    "计算中途出错停下了。",
    "The work stopped with an error.",
)
_CENTRE: _Pair = (
    "中心这边出了问题，没能算完。",
    "Something went wrong at the centre, so the work could not be finished.",
)

_WORDS: Mapping[JobReason, tuple[_Pair, _Pair]] = {
    JobReason.PROGRAM_ERROR: (_BROKE, _TELL),
    JobReason.COMMAND_NOT_FOUND: (_CENTRE, _TELL),
    JobReason.OUT_OF_MEMORY: (
        ("这张表比预计的更占内存，没能算完。", "The table needed more memory than was foreseen."),
        _SMALLER,
    ),
    JobReason.WRONG_INPUT: (
        ("这份数据不能这样用。", "The data cannot be used in this way."),
        _DATA,
    ),
    JobReason.OVER_TIME: (
        ("用时超过了约定的上限。", "It took longer than the agreed limit."),
        _SMALLER,
    ),
    JobReason.DISK_FULL: (_CENTRE, _TELL),
    JobReason.NODE_LOST: (
        ("运行它的机器多次中断。", "The machines that ran it broke off several times."),
        _AGAIN,
    ),
    JobReason.ENVIRONMENT_UNAVAILABLE: (_CENTRE, _TELL),
    JobReason.PREEMPTED: (_CENTRE, _AGAIN),
    JobReason.SHRUNK: (_CENTRE, _AGAIN),
    JobReason.SUSPENDED: (_CENTRE, _AGAIN),
    JobReason.BY_TENANT: (("由您这边停止。", "It was stopped by your side."), _ANEW),
    JobReason.BY_OPERATOR: (
        ("由中心的工作人员停止。", "It was stopped by the people of the centre."),
        _TELL,
    ),
    JobReason.BY_IDLE_RULE: (
        ("它长时间没有进展，按规则结束了。", "It stood still for long and was ended by rule."),
        _AGAIN,
    ),
    JobReason.UNPAID: (
        ("账户余额已用完。", "Nothing was left in the account."),
        _PAY,
    ),
    JobReason.BY_UNPAID: (
        ("账户余额用完太久，按规则结束了。", "Nothing was left in the account for too long."),
        _PAY,
    ),
    JobReason.UNKNOWN: (_BROKE, _TELL),
}
