"""Every phrase in both languages, and every phrase a template asks for is there."""

import re
from pathlib import Path
from string import Formatter

import pytest

from service.console import catalogue
from service.console.catalogue import PhraseBroken, load, spoken
from service.language import LANGUAGES, Language

TEMPLATES = Path(catalogue.__file__).with_name("templates")


def blanks(text: str) -> set[str | None]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


def test_both_languages_have_the_same_phrases_with_the_same_blanks() -> None:
    zh, en = (load()[lang].phrases for lang in LANGUAGES)
    assert zh.keys() == en.keys()
    assert not [key for key in zh if blanks(zh[key]) != blanks(en[key])]
    assert not [key for key, text in en.items() if re.match("[\u4e00-\u9fff]", text)]


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.j2")), ids=lambda path: path.name)
def test_a_template_says_only_what_is_in_the_catalogue(path: Path) -> None:
    text = path.read_text("utf-8")
    told = set(re.findall(r"""\bt\(["']([\w.-]+[\w])["']""", text))
    assert not told - load()["zh"].phrases.keys()
    assert not re.findall("[\u4e00-\u9fff]", re.sub("甄伪|中文", "", text))


@pytest.mark.parametrize("path", sorted(TEMPLATES.rglob("*.j2")), ids=lambda path: path.name)
def test_a_template_holds_nothing_the_policy_refuses(path: Path) -> None:
    text = path.read_text("utf-8")
    assert not re.search(r"""\s(style|on[a-z]+|hx-on[:\w-]*|hx-vals)\s*=\s*["']""", text)
    assert not re.search(r"<(script|style)\b", text)
    assert not re.search(r"\|\s*safe\b|autoescape", text)
    assert not re.search(r"""(src|href|action)=["']?(https?:)?//""", text)


@pytest.mark.parametrize(
    ("chosen", "accepted", "lang"),
    [
        ("en", "zh-CN,zh;q=0.9", "en"),
        (None, "en-US,en;q=0.9,zh;q=0.8", "en"),
        (None, "zh-TW,en;q=0.9", "zh"),
        (None, "en;q=0.2, zh;q=0.9", "zh"),
        (None, "", "zh"),
        (None, "fr-FR", "zh"),
        ("xx", "en", "en"),
        (None, "en;q=, ;;q=x,,", "zh"),
        (None, "zho, en", "en"),
    ],
)
def test_the_language_of_a_reader(chosen: str | None, accepted: str, lang: Language) -> None:
    assert spoken(chosen, accepted) == lang


@pytest.mark.parametrize(
    "toml",
    [
        '[a]\nb = "c"',
        '[a]\nb = { zh = "c" }',
        '[a]\nb = { zh = "c", en = "" }',
        '[a]\nb = { zh = "c", en = "d", fr = "e" }',
    ],
)
def test_a_phrase_that_is_none(toml: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.toml").write_text(toml, "utf-8")
    monkeypatch.setattr(catalogue, "_FOLDER", tmp_path)
    with pytest.raises(PhraseBroken):
        load.__wrapped__()


def test_a_phrase_is_told_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.toml").write_text('[a]\nb = { zh = "c", en = "d" }', "utf-8")
    monkeypatch.setattr(catalogue, "_FOLDER", tmp_path)
    with pytest.raises(PhraseBroken, match="another file"):
        load.__wrapped__()
