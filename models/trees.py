"""LightGBM's own library, called through its C interface.

Its Python package imports scikit-learn and SciPy: two seconds and a hundred megabytes that screening has no use for.
"""

import ctypes
import weakref
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Kind = Literal["margin", "contributions"]

_KINDS: Final = {"margin": 1, "contributions": 3}  # C_API_PREDICT_RAW_SCORE and C_API_PREDICT_CONTRIB
_FLOAT64, _ROW_MAJOR, _ALL_TREES = 1, 1, -1
_SETTINGS: Final = b"num_threads=1 verbosity=-1"
_DOUBLES = np.ctypeslib.ndpointer(dtype=np.float64, flags="C_CONTIGUOUS")
_COUNT = ctypes.POINTER(ctypes.c_int64)


class TreesInvalid(ValueError):
    """A text is no model that LightGBM can read."""


class Trees:
    """A model that LightGBM saved as text. Safe to share between threads (LightGBM >= 4.6)."""

    __slots__ = ("__weakref__", "_handle", "_library")

    def __init__(self, text: str) -> None:
        """Parse a saved model. Raises TreesInvalid when it is not one."""
        self._library = _lightgbm()
        self._handle = ctypes.c_void_p()
        rounds = ctypes.c_int()
        read = self._library.LGBM_BoosterLoadModelFromString
        self._check(read(text.encode(), ctypes.byref(rounds), ctypes.byref(self._handle)))
        weakref.finalize(self, self._library.LGBM_BoosterFree, self._handle)

    def predict(self, matrix: Floats, kind: Kind) -> Floats:
        """Log-odds of (n, d) rows: (n, 1) margins, or (n, d + 1) additive parts of them, the base last.

        The matrix is float64 and C-contiguous; NaN means not told.
        """
        rows, columns = matrix.shape
        out = np.empty((rows, columns + 1 if kind == "contributions" else 1))
        told = ctypes.c_int64()
        self._check(
            self._library.LGBM_BoosterPredictForMat(
                self._handle, matrix, _FLOAT64, rows, columns, _ROW_MAJOR, _KINDS[kind], 0, _ALL_TREES, _SETTINGS,
                ctypes.byref(told), out,
            )
        )  # fmt: skip
        return out

    def _check(self, status: int) -> None:
        if status:
            raise TreesInvalid(self._library.LGBM_GetLastError().decode())


@cache
def _lightgbm() -> ctypes.CDLL:
    """Load the library that the lightgbm package brings along, without running the package."""
    package = find_spec("lightgbm")
    places = package.submodule_search_locations if package else None
    found = [path for place in places or () for path in sorted(Path(place).glob("*/lib_lightgbm.*"))]
    if not found:
        raise ImportError("LightGBM's library is not there; install the package lightgbm >= 4.6")
    library = ctypes.CDLL(str(found[0]))
    library.LGBM_GetLastError.restype = ctypes.c_char_p
    library.LGBM_BoosterFree.argtypes = [ctypes.c_void_p]
    library.LGBM_BoosterLoadModelFromString.argtypes = [
        ctypes.c_char_p,
        ctypes.POINTER(ctypes.c_int),
        ctypes.POINTER(ctypes.c_void_p),
    ]
    integer = ctypes.c_int
    library.LGBM_BoosterPredictForMat.argtypes = [
        ctypes.c_void_p, _DOUBLES, integer, ctypes.c_int32, ctypes.c_int32, integer, integer, integer, integer,
        ctypes.c_char_p, _COUNT, _DOUBLES,
    ]  # fmt: skip
    return library
