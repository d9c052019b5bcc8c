"""Every sentence a problem may say is in phrases.toml: sentences are looked for in the code, so none is forgotten."""

import ast
import importlib
import tomllib
from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

from features.cells import Unreadable
from features.intake import ADVICE
from features.tables.delimited import _LineTooLong
from features.tables.entry import FileRejected
from service.answers import Stopped
from service.console.entrance import FormRefused, LoginNeeded
from service.errors import KINDS
from service.language import translated

ROOT = Path(__file__).parents[2]
APART = (
    "service/cli", "service/spark", "service/leads", "service/report", "service/ledger/migrations",
)  # fmt: skip
"""Commands; nothing of it is answered over HTTP."""
SAYS = {"Problem": 1, "Fault": 1, "Kind": 2, "translated": 0, "PydanticCustomError": 1}
"""Calls whose argument of this number is said to people."""
SAYERS = {"cut_elsewhere", "misfit", "_killed"}
"""Functions that return what is said."""
NOT_HERE: tuple[str | None, ...] = (None,)
HOLD_PROBLEMS = {"ListingRejected", "BodyRejected"}


def errors() -> Iterator[type[Exception]]:
    """Errors that are answered, or whose words others pass on."""
    found: list[type[Exception]] = [
        *KINDS,
        FormRefused,
        LoginNeeded,
        Unreadable,
        FileRejected,
        _LineTooLong,
        Stopped,
    ]
    while found:
        yield (one := found.pop())
        found += one.__subclasses__()


def named(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def names_of(call: ast.Call) -> set[str | None]:
    return {keyword.arg for keyword in call.keywords}


class Module:
    """The sentences of one module."""

    def __init__(self, text: str, name: str | None = None) -> None:
        """`name`: to look up constants that it takes from others."""
        self.nodes = list(ast.walk(ast.parse(text)))
        self.held = vars(importlib.import_module(name)) if name else {}

    def said(self, calls: dict[str, int]) -> Iterator[tuple[int, str | None]]:
        """Line and sentence, 9 for what differs; None for a sentence that is not written where it is said."""
        for node in self.nodes:
            if isinstance(node, ast.Call) and named(node) in calls and len(node.args) > calls[named(node)]:
                told = node.args[calls[named(node)]]
            elif isinstance(node, ast.Call) and named(node) == "_end" and "error" in names_of(node):
                told = node.keywords[-1].value  # why a job ended
            elif isinstance(node, ast.FunctionDef) and node.name in SAYERS:
                for one in ast.walk(node):
                    if isinstance(one, ast.Return) and one.value and getattr(one.value, "value", "") is not None:
                        yield from ((one.lineno, text) for text in self.texts(one.value) or NOT_HERE)
                continue
            else:
                continue
            if not (passed_on(told) or self.returned(told)):
                yield from ((node.lineno, text) for text in self.texts(told) or NOT_HERE)

    def texts(self, node: ast.expr, seen: frozenset[str] = frozenset()) -> list[str]:
        """What an expression may say; nothing where that cannot be read here."""
        found: list[object] = []
        match node:
            case ast.Constant(value=text):
                found = [text]
            case ast.JoinedStr(values=parts):
                found = ["".join(one) for one in product(*(self.texts(part, seen) or ["9"] for part in parts))]
            case ast.FormattedValue(value=inner):
                found = [*self.texts(inner, seen)]
            case ast.IfExp(body=one, orelse=other) | ast.BoolOp(values=[one, other]):
                found = [*self.texts(one, seen), *self.texts(other, seen)]
            case ast.Name(id=name) if name in self.held:
                found = [self.held[name]]
            case ast.Name(id=name) if name not in seen:
                found = [text for one in self.values(name) for text in self.texts(one, seen | {name})]
            case ast.Attribute(value=ast.Name(id=module), attr=name):
                found = [getattr(self.held.get(module), name, None)]
        return [text for text in found if isinstance(text, str)]

    def returned(self, node: ast.expr) -> bool:
        """Whether this is a name for what one of the sayers returned."""
        held = self.values(node.id) if isinstance(node, ast.Name) else ()
        return any(isinstance(one, ast.Call) and named(one) in SAYERS for one in held)

    def values(self, name: str) -> Iterator[ast.expr]:
        """What a name is given: by assignment, or as an argument."""
        for node in self.nodes:
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    yield value
                case ast.NamedExpr(target=ast.Name(id=target), value=value) if target == name:
                    yield value
                case ast.FunctionDef(args=ast.arguments(args=args)) if name in (names := [one.arg for one in args]):
                    at = names.index(name)
                    yield from (
                        call.args[at]
                        for call in self.nodes
                        if isinstance(call, ast.Call) and named(call) == node.name and len(call.args) > at
                    )


def passed_on(node: ast.expr) -> bool:
    """Whether what another error says is said again, or was translated already."""
    for one in ast.walk(node):
        match one:
            case ast.Call(func=ast.Name(id="str" | "translated" | "_advice")) | ast.Attribute(attr="error"):
                return True
            case ast.Attribute(attr="message" | "wrong" | "title") | ast.Subscript(slice=ast.Constant(value="msg")):
                return True
            case ast.Name(id="detail" | "details" | "text"):
                return True
    return False


def han(text: str) -> bool:
    return any("\u4e00" <= char <= "\u9fff" for char in text)


def lacking(module: Module) -> list[str]:
    calls = SAYS | {one.__name__: 0 for one in errors() if one.__name__ not in HOLD_PROBLEMS}
    return [f"line {line}: {text}" for line, text in module.said(calls) if not han(translated(text or "", "zh"))]


SOURCES = [
    path
    for folder in ("features", "models", "service")
    for path in sorted((ROOT / folder).rglob("*.py"))
    if not str(path.relative_to(ROOT)).startswith(APART)
]


def test_every_sentence_of_the_code_is_translated() -> None:
    found = {}
    for path in SOURCES:
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
        if wrong := lacking(Module(path.read_text("utf-8"), name.removesuffix(".__init__"))):
            found[name] = wrong
    assert found == {}


@pytest.mark.parametrize(
    "code",
    [
        'raise NothingThere("a sentence of another day")',
        'raise LedgerAway(f"The ledger of {name} sleeps. Wake it.")',
        'raise JobNotReady("The job is done; ask again." if x else "a sentence of another day")',
        'Problem("/title", f"is {why}")',
        'Kind("new", 409, "A kind nobody translated")',
        "raise TargetRefused(chosen_elsewhere)",
        'why = "a sentence of another day"\nraise EntryUnknown(why)',
        'def f(why):\n    raise CaseUnknown(f"no, {why}")\nf("as it is")',
        'def misfit(x):\n    return "a sentence of another day"',
    ],
)
def test_a_sentence_nobody_translated_is_found(code: str) -> None:
    assert lacking(Module(code))


@pytest.mark.parametrize(
    "code",
    [
        'raise NothingThere("No golden case has this id.")',
        'raise LedgerAway(f"The ledger did not answer within {seconds} seconds. Try again.")',
        'raise KeyError("no such thing")',  # is not answered: a bug
        'Problem(place, "must be a list")',
        "raise FileRejected(str(error))",
        'def f(why):\n    raise Unreadable(f"{cell} is not {why}")\nf("a rating; write 4.8")',
    ],
)
def test_a_translated_one_is_not(code: str) -> None:
    assert not lacking(Module(code))


def test_every_advice_is_translated() -> None:
    values: dict[str, object] = {"max_length": 5, "min_length": 1, "ge": 0, "le": 1, "actual_length": 9}
    values |= {"expected": "'a' or 'b'", "error": "x"}
    said = {kind: translated(advice.format(**values), "zh") for kind, advice in ADVICE.items()}
    assert {kind: text for kind, text in said.items() if not han(text)} == {}
    assert said["literal_error"] == "必须是 'a' 或 'b'"


def test_every_phrase_keeps_what_differs() -> None:
    book = tomllib.loads((ROOT / "service/phrases.toml").read_text("utf-8"))
    pairs = [pair for part in book.values() for pair in part.items()]
    assert len({english for english, _ in pairs}) == len(pairs)
    for english, chinese in pairs:
        blanks = [f"<{number}>" for number in range(english.count("{}"))]
        assert all(blank in chinese.format(*blanks) for blank in blanks), english


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("the file is empty; it needs a row of column names and one row per listing",
         "文件为空；需要一行列名，其下每行一个条目"),
        ("the file is no .csv file, but an archive; unpack it, and name what it holds",
         "文件不是 .csv 文件，而是压缩包；请解压后指定其中的文件"),
        ("(column 价格): '九块' is not an amount; write 1299 or ￥1,299.00",
         "（列 价格）：'九块' 不是金额；请写成 1299 或 ￥1,299.00"),
        ("The job is queued; ask again when it is done.", "任务状态为排队中；请在完成后再取。"),
        (" is not a rating; write 4.8", " 不是评分；请写成 4.8"),
    ],
)  # fmt: skip
def test_what_a_sentence_holds_is_said_in_chinese_too(english: str, chinese: str) -> None:
    assert translated(english, "zh") == chinese


@pytest.mark.parametrize("text", ["the file", "x or y", "text", "a tab", "a sentence of another day", ""])
def test_a_part_alone_is_no_sentence(text: str) -> None:
    assert translated(text, "zh") == text


def test_what_strangers_wrote_stays_as_it_is() -> None:
    assert translated("{0.__class__}: no list holds such an entry; see `zhenwei list show`", "zh").startswith("{0.__cl")
    assert translated("text: no list holds such an entry; see `zhenwei list show`", "zh").startswith("文本")
