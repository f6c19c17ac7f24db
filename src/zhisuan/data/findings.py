"""What reading a table brings to light and a person should know, in Chinese and English.

A finding is a code and its parameters; the sentence is made only where it is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal

Language = Literal["zh", "en"]
Parameter = str | int | float


class Code(StrEnum):
    """Every kind of finding."""

    ONE_COLUMN = "one_column"
    NO_HEADER = "no_header"
    ENCODING_GUESSED = "encoding_guessed"
    OTHER_SHEETS = "other_sheets"
    DUPLICATE_ROWS = "duplicate_rows"
    UNNAMED_COLUMN = "unnamed_column"
    CONVERTED_TO_TEXT = "converted_to_text"
    ALL_MISSING = "all_missing"
    MOSTLY_MISSING = "mostly_missing"
    CONSTANT_COLUMN = "constant_column"
    LIKELY_IDENTIFIER = "likely_identifier"
    INFINITE_VALUES = "infinite_values"
    MIXED_TYPES = "mixed_types"
    AMBIGUOUS_DATE = "ambiguous_date"
    FORMULA_TEXT = "formula_text"
    LONG_TEXT = "long_text"
    TARGET_COPY = "target_copy"
    TARGET_LEAK = "target_leak"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found.

    Attributes:
        column: the column it is about; None for the whole table.
        parameters: the values of its sentence, by name.
    """

    code: Code
    column: str | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict[str, Parameter])

    def text(self, language: Language) -> str:
        """The finding as a sentence."""
        return _SENTENCES[self.code][language].format(column=self.column, **self.parameters)


_SENTENCES: dict[Code, dict[Language, str]] = {
    Code.ONE_COLUMN: {
        "zh": "表中只有一列，没有可用来预测它的其他列。",
        "en": "The table has one column only, and nothing to predict it from.",
    },
    Code.NO_HEADER: {
        "zh": "第一行看起来是数据，列名由系统给出。",
        "en": "The first row looks like data, so the columns were given names.",
    },
    Code.ENCODING_GUESSED: {
        "zh": "文本编码按 {encoding} 推断；如有乱码，请另存为 UTF-8。",
        "en": "The encoding was guessed as {encoding}; if characters look wrong, save as UTF-8.",
    },
    Code.OTHER_SHEETS: {
        "zh": "只读取了工作表“{sheet}”；另有 {others} 张工作表未读。",
        "en": "Only the sheet {sheet!r} was read; other sheets with data: {others}.",
    },
    Code.DUPLICATE_ROWS: {
        "zh": "有 {count:,} 行与其他行完全重复。",
        "en": "Rows that repeat another row exactly: {count:,}.",
    },
    Code.UNNAMED_COLUMN: {
        "zh": "有一列没有列名，现称为“{column}”。",
        "en": "A column without a name is now called {column!r}.",
    },
    Code.CONVERTED_TO_TEXT: {
        "zh": "列“{column}”的类型 {type} 已转为文本。",
        "en": "Column {column!r} of type {type} was turned into text.",
    },
    Code.ALL_MISSING: {
        "zh": "列“{column}”没有任何值。",
        "en": "Column {column!r} holds no value at all.",
    },
    Code.MOSTLY_MISSING: {
        "zh": "列“{column}”有 {share:.0%} 的值缺失。",
        "en": "{share:.0%} of column {column!r} is missing.",
    },
    Code.CONSTANT_COLUMN: {
        "zh": "列“{column}”只有一个取值，没有信息。",
        "en": "Column {column!r} has a single value and tells nothing.",
    },
    Code.LIKELY_IDENTIFIER: {
        "zh": "列“{column}”像是编号，不适合用来预测。",
        "en": "Column {column!r} looks like an identifier and should not be learned from.",
    },
    Code.INFINITE_VALUES: {
        "zh": "列“{column}”有 {count:,} 个无穷值，按缺失处理。",
        "en": "Infinite values of column {column!r} were taken as missing: {count:,}.",
    },
    Code.MIXED_TYPES: {
        "zh": "列“{column}”大多是数字，但有 {count:,} 格不是(如“{example}”),整列按文本读取。",
        "en": (
            "Column {column!r} is mostly numbers and was read as text, because of other cells: "
            "{count:,}, such as {example!r}."
        ),
    },
    Code.AMBIGUOUS_DATE: {
        "zh": "列“{column}”的日期分不清日和月，按文本读取。",
        "en": "The dates of column {column!r} do not tell day from month; it was read as text.",
    },
    Code.FORMULA_TEXT: {
        "zh": "列“{column}”有 {count:,} 个单元格像电子表格公式，只当作文本。",
        "en": "Cells of column {column!r} that look like formulas, kept as text: {count:,}.",
    },
    Code.LONG_TEXT: {
        "zh": "列“{column}”有长达 {characters:,} 个字符的文本。",
        "en": "Column {column!r} has texts of up to {characters:,} characters.",
    },
    Code.TARGET_COPY: {
        "zh": "列“{column}”与目标列完全相同，会泄漏答案。",
        "en": "Column {column!r} equals the target and gives the answer away.",
    },
    Code.TARGET_LEAK: {
        "zh": "仅凭列“{column}”就几乎能确定目标(程度 {strength:.3f}),可能泄漏答案。",
        "en": "Column {column!r} alone all but decides the target ({strength:.3f}): a likely leak.",
    },
}
