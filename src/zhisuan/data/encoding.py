"""In which encoding a text is written, and the same text in UTF-8.

UTF-8 is tried on the whole file, not on a sample: a Chinese name may first come after a million
rows. What is not UTF-8 is UTF-16 by its mark or its zero bytes, then GB18030 where the result is
Chinese, then charset-normalizer's guess; a guess is reported to the person.
"""

import codecs
from dataclasses import dataclass
from pathlib import Path

import charset_normalizer

from zhisuan.core.errors import TooLarge, UnreadableData
from zhisuan.data.format import READS
from zhisuan.data.limits import MIB, Limits, Progress
from zhisuan.store.objects import disk_errors

_SAMPLE_BYTES = 256 * 1024
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_PLAIN_CONTROLS = "\t\n\r\x01\x1c\x1d\x1e\x1f"
_COMMON_CHINESE = (
    (0x3000, 0x303F),  # CJK punctuation
    (0x4E00, 0x9FFF),  # unified ideographs
    (0xFF00, 0xFFEF),  # full-width forms
    (0x2010, 0x2030),  # dashes, quotes, ellipsis
)


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the text was written.

    Attributes:
        name: Python's name of the codec.
        mark: length of the byte order mark at the start, bytes.
        guessed: whether another encoding could have produced the same bytes.
    """

    name: str
    mark: int = 0
    guessed: bool = False


def to_utf8(path: Path, target: Path, limits: Limits, progress: Progress) -> tuple[Path, Encoding]:
    """A file with the same text in UTF-8 without mark, and the encoding it was in.

    The file itself is the answer when it is that already, otherwise `target` is written.

    Raises:
        UnreadableData: the bytes are no text.
        TooLarge: the text outgrows a data set while it is decoded.
        DiskFull, DataFolderReadOnly: `target` cannot be written.
    """
    with path.open("rb") as file:
        sample = file.read(_SAMPLE_BYTES)
    encoding = _marked(sample) or _unmarked_utf16(sample)
    if encoding is None and _is_utf8(path, progress):
        return path, Encoding("utf-8")
    encoding = encoding or _legacy(sample)
    _transcode(path, target, encoding, limits, progress)
    return target, encoding


def _marked(sample: bytes) -> Encoding | None:
    for mark, name in _MARKS:
        if sample.startswith(mark):
            return Encoding("utf-8" if name == "utf-8-sig" else name, mark=len(mark))
    return None


def _unmarked_utf16(sample: bytes) -> Encoding | None:
    if b"\0" not in sample:
        return None
    # The zero is the high byte of an ASCII character; a table has many (commas, digits, line ends).
    high_last = sample[1::2].count(0) > sample[::2].count(0)
    name = "utf-16-le" if high_last else "utf-16-be"
    text = codecs.getincrementaldecoder(name)("replace").decode(sample)
    plain = sum(character < "\x80" for character in text)
    if 10 * plain < len(text) or "\0" in text or "\ufffd" in text or _controls(text):
        raise _no_text()
    return Encoding(name, guessed=True)


def _is_utf8(path: Path, progress: Progress) -> bool:
    size = path.stat().st_size
    decoder = codecs.getincrementaldecoder("utf-8")()
    done = 0
    with path.open("rb") as file:
        try:
            while block := file.read(MIB):
                if b"\0" in block or (done == 0 and _controls(block.decode("utf-8", "ignore"))):
                    raise _no_text()
                decoder.decode(block)
                done += len(block)
                progress("decode", done / size)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _legacy(sample: bytes) -> Encoding:
    text = codecs.getincrementaldecoder("gb18030")("replace").decode(sample)
    if _controls(text):
        raise _no_text()
    foreign = [character for character in text if ord(character) > 0x7F]  # noqa: PLR2004  ASCII
    if "\ufffd" not in text and 2 * sum(map(_is_chinese, foreign)) >= len(foreign):
        # An ASCII sample says nothing: GB18030 is then only the likeliest.
        return Encoding("gb18030", guessed=not foreign)
    best = charset_normalizer.from_bytes(sample).best()
    if best is None or _controls(str(best)):
        raise _no_text()
    return Encoding(best.encoding, guessed=True)


def _is_chinese(character: str) -> bool:
    return any(low <= ord(character) <= high for low, high in _COMMON_CHINESE)


def _controls(text: str) -> bool:
    """Whether the text has more control characters than a table could (1 in 1,000)."""
    count = sum(
        (ord(character) < 0x20 or 0x7F <= ord(character) < 0xA0)  # noqa: PLR2004  the control blocks
        and character not in _PLAIN_CONTROLS
        for character in text[:_SAMPLE_BYTES]
    )
    return count > len(text) / 1000


def _transcode(
    path: Path, target: Path, encoding: Encoding, limits: Limits, progress: Progress
) -> None:
    size = path.stat().st_size
    decoder = codecs.getincrementaldecoder(encoding.name)()
    done, written = encoding.mark, 0
    with path.open("rb") as source, disk_errors(), target.open("wb") as file:
        source.seek(encoding.mark)
        while True:
            block = source.read(MIB)
            try:
                text = decoder.decode(block, final=not block)
            except UnicodeDecodeError as error:
                raise UnreadableData(
                    f"The text is not valid {encoding.name}: byte "
                    f"{max(done + error.start, 0):,} cannot be read.",
                    hint="Save the file as UTF-8 and bring it again.",
                ) from error
            if "\0" in text:
                raise _no_text()
            file.write(text.encode())
            written += len(text)
            if written > limits.max_expanded_bytes:
                raise TooLarge(
                    f"The text is larger than {limits.max_expanded_bytes:,} bytes.",
                    hint="Split the data into several data sets.",
                )
            done += len(block)
            progress("decode", done / size)
            if not block:
                return


def _no_text() -> UnreadableData:
    return UnreadableData("The file holds binary data, not a table in text.", hint=READS)
