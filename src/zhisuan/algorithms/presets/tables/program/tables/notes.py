"""What a person must know about a result, as codes with values, and as sentences zh and en."""

from dataclasses import asdict, dataclass, field
from typing import Any

SENTENCES: dict[str, tuple[str, str]] = {
    "column_constant": (
        "列“{column}”几乎没有变化，没有参与学习。",
        "Column “{column}” never varies and was left out.",
    ),
    "column_identifier": (
        "列“{column}”几乎每行都不同，像是编号，没有参与学习。",
        "Column “{column}” differs on almost every row, like an identifier, and was left out.",
    ),
    "column_text": (
        "列“{column}”是文字，只按字词片段粗略使用。",
        "Column “{column}” is free text; only pieces of words were used.",
    ),
    "column_excluded": (
        "列“{column}”按要求没有参与学习。",
        "Column “{column}” was left out as asked.",
    ),
    "likely_leak": (
        (
            "列“{column}”几乎能直接说出答案。如果它在真正预测时还不知道，请去掉它再算一次，"
            "否则这里的成绩不可信。"
        ),
        (
            "Column “{column}” almost gives the answer away. If it is not known yet at the time of "
            "predicting, leave it out and solve again; otherwise this score cannot be trusted."
        ),
    ),
    "few_rows": (
        "只有 {rows} 行可供学习，成绩的误差较大，数据多一些会更可靠。",
        "There were only {rows} rows to learn from; the score is uncertain, more rows would help.",
    ),
    "target_missing_rows": (
        "有 {rows} 行没有答案，没有参与学习。",
        "{rows} rows have no answer and were left out.",
    ),
    "rare_classes": (
        "这些类别太少见（少于 {least} 行），没有参与学习：{classes}。",
        "These classes are too rare (under {least} rows) and were left out: {classes}.",
    ),
    "unbalanced": (
        "各类别多少悬殊：最少的“{name}”只占 {share:.1%}。请看每一类的成绩，不要只看总体准确率。",
        (
            "The classes are very uneven: “{name}” is only {share:.1%} of the rows. Look at the "
            "score of each class, not only at overall accuracy."
        ),
    ),
    "rows_left": (
        "表太大，这一档力度只用了其中随机抽取的 {rows} 行；选更高的力度会用更多行。",
        (
            "The table is large; this effort used {rows} rows of it, drawn at random. "
            "A higher effort uses more."
        ),
    ),
    "duplicates": (
        "有 {rows} 行与别的行完全相同，相同的行总是放在同一边，以免高估成绩。",
        (
            "{rows} rows repeat another row exactly; equal rows were kept on one side so that the "
            "score is not flattered."
        ),
    ),
    "dated_rows": (
        "数据带有日期（“{column}”）。成绩来自随机抽出的行；如果用来预测以后，情况变化时会差一些。",
        (
            "The rows carry dates (“{column}”). The score comes from rows drawn at random; "
            "predicting the future may be less accurate when things change."
        ),
    ),
    "many_missing": (
        "列“{column}”有 {share:.0%} 是空的。",
        "Column “{column}” is {share:.0%} empty.",
    ),
    "budget_reached": (
        "约定的计算量用完了，所以少试了几种方法。",
        "The agreed amount of computing was used up, so fewer methods were tried.",
    ),
}


@dataclass(frozen=True, slots=True)
class Note:
    """One thing to know: a stable code and the values its sentence names."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)

    @property
    def zh(self) -> str:
        """The sentence in Chinese."""
        return SENTENCES[self.code][0].format(**self.params)

    @property
    def en(self) -> str:
        """The sentence in English."""
        return SENTENCES[self.code][1].format(**self.params)

    def to_dict(self) -> dict[str, Any]:
        """Code, values and both sentences, as JSON values."""
        return {**asdict(self), "zh": self.zh, "en": self.en}
