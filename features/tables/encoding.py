"""Which encoding a text file is in, and which of its lines are in another."""

import codecs
import re

SNIFFED = 4 << 20
"""Bytes looked at to tell the encoding."""
_THREE_BYTES = re.compile("[\u0800-\uffef\U00010000-\U0010ffff]")  # text in GB18030 hardly ever looks like these
_HANZI = re.compile("[\u4e00-\u9fff]")
_BROKEN = re.compile("[\udc80-\udcff]")


def encoding_of(head: bytes) -> str:
    """Tell utf-8-sig, utf-16 and gb18030 apart by the first bytes of a file.

    A file with a few broken characters still is UTF-8: the rows that hold them are refused one by one, instead of
    every row being read as something it is not.
    """
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    text = codecs.getincrementaldecoder("utf-8")("replace").decode(head)
    return "utf-8-sig" if text.count("\ufffd") <= len(_THREE_BYTES.findall(text)) else "gb18030"


def text_of(head: bytes, encoding: str) -> str:
    """The first bytes of a file as text; a character cut off at their end is left out."""
    return codecs.getincrementaldecoder(encoding)("replace").decode(head)


def errors_of(encoding: str) -> str:
    """How broken bytes are kept while decoding, so that they can be refused row by row."""
    return "surrogatepass" if encoding == "utf-16" else "surrogateescape"


def misfit(text: str, encoding: str) -> str | None:
    """Say what is wrong with a line that is not in its file's encoding; None when it is."""
    if text.isascii():
        return None
    if _BROKEN.search(text):
        return f"holds bytes that are not {_name(encoding)}{_guess(text, encoding)}; save the whole file as UTF-8"
    if encoding == "gb18030" and _really_utf8(text):
        return "is UTF-8 in a file of GB18030, and would be read as other characters; save the whole file as UTF-8"
    return None


def _really_utf8(text: str) -> bool:
    try:
        return _HANZI.search(text.encode("gb18030").decode("utf-8")) is not None
    except UnicodeError:
        return False


def _guess(text: str, encoding: str) -> str:
    if encoding != "utf-8-sig":
        return ""
    try:
        text.encode("utf-8", "surrogateescape").decode("gb18030")
    except UnicodeError:
        return ""
    return " (GBK, it seems)"


def _name(encoding: str) -> str:
    return "UTF-8" if encoding == "utf-8-sig" else encoding.upper()
