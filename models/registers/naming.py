"""Whether a listing sells the product that a number stands for, or clearly another one.

Names are compared as folded text, without brand (同仁堂牌…), brackets, dosage form (…软胶囊) and words that many names
share. What is left must be found in the listing, in good part: sellers write names short and in any order.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from models.registers.wording import Names

_BRACKETS = re.compile(r"[(\[〔【（][^()\[\]〔〕【】（）]*[)\]〕】）]?")
_BRAND = re.compile(r"^(?:[^牌]{1,8}牌|[^®™]{1,12}[®™]|[一-鿿]{2,6}R(?=[一-鿿]))(?=.{2})")
_STRENGTH = re.compile(r"[0-9]+(?:\.[0-9]+)?(?:mg|g|ml|iu|μg|ug|%|毫克|克|毫升|单位)", re.IGNORECASE)
_SIGNS = re.compile(r"[\W_]+")
_NAMES = 4096  # folded names remembered
Fold = Callable[[str], str]


class Naming:
    """Compares names. Built once per folding."""

    def __init__(self, wording: Names, fold: Fold) -> None:
        """Prepare; `fold` must be the folding that listings are read with."""
        self._wording, self._fold = wording, fold
        self._forms = sorted(wording.forms, key=len, reverse=True)
        self.core = lru_cache(maxsize=_NAMES)(self._core)

    def sold(self, names: Iterable[str], texts: Sequence[str]) -> bool:
        """Whether any of the names may be what folded texts offer; False only when each is clearly something else."""
        told = "\n".join(_SIGNS.sub("", text) for text in texts)
        cores = [core for name in names if (core := self.core(name))]
        return not cores or any(self._held(core, told) for core in cores)

    def _held(self, core: str, told: str) -> bool:
        shorts = self._wording.short.items()
        written = [core, *(core.replace(long, short) for long, many in shorts if long in core for short in many)]
        return any(name in told or self._share(name, told) >= self._wording.least for name in written)

    @staticmethod
    def _share(name: str, told: str) -> float:
        pairs = {name[at : at + 2] for at in range(len(name) - 1)}
        return sum(pair in told for pair in pairs) / len(pairs) if pairs else 0.0

    def _core(self, name: str) -> str:
        """What tells a name from others, folded; the whole name when nothing would be left."""
        whole = _SIGNS.sub("", self._fold(name))
        text = _SIGNS.sub("", _STRENGTH.sub("", self._fold(_BRACKETS.sub("", _BRAND.sub("", name.strip())))))
        for form in self._forms:
            if text.endswith(form) and len(text) > len(form) + 1:
                text = text.removesuffix(form)
                break
        for word in self._wording.shared:
            text = cut if len(cut := text.replace(word, "")) > 1 else text
        return text if len(text) > 1 else whole
