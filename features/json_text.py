"""JSON as it arrives: one parser for every door, strict where leniency would hide a mistake."""

import json
import re
from typing import Any

import orjson

from features.errors import ZhenweiError

_MOST_LEVELS = 16  # a batch needs five
_HOLDERS = (dict, list)  # dict | list would be put together anew at every question
_NAME_ENDS = re.compile(rb'"\s*:')


class MalformedJson(ZhenweiError):
    """Bytes that are not JSON, or JSON that says two things at once."""


class _NamedTwice(ValueError):
    pass


class _TooDeep(ValueError):
    pass


def parse(raw: bytes) -> Any:  # noqa: ANN401 - JSON is any of six things until it is validated
    """Parse JSON. Refuses NaN, Infinity, lone surrogates, invalid UTF-8, deep nesting and repeated names.

    Raises MalformedJson.
    """
    try:
        parsed = orjson.loads(raw)
        if len(_NAME_ENDS.findall(raw)) != names_in(parsed):  # a name was dropped, or a text looks like a name
            json.loads(raw, object_pairs_hook=_once)
    except orjson.JSONDecodeError as error:
        raise MalformedJson(f"This is not valid JSON in UTF-8: {error}. Correct it and send it again.") from error
    except _NamedTwice as error:
        raise MalformedJson(f"The name {error} is written twice in one object; keep one.") from error
    except _TooDeep as error:
        raise MalformedJson("The JSON is nested too deeply; a listing has three levels.") from error
    return parsed


def names_in(parsed: object, levels: int = _MOST_LEVELS) -> int:
    """How many names the objects of parsed JSON hold."""
    if not isinstance(parsed, _HOLDERS):
        return 0
    if not levels:
        raise _TooDeep
    inside = parsed.values() if isinstance(parsed, dict) else parsed
    own = len(parsed) if isinstance(parsed, dict) else 0
    return own + sum([names_in(one, levels - 1) for one in inside if isinstance(one, _HOLDERS)])


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({name for name, _ in pairs}) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _NamedTwice(json.dumps(twice[:64], ensure_ascii=False))
