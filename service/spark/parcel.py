"""What answers, shipped to the executors: a bundle's files and the registers, opened once in every Python worker."""

import hashlib
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
from pyspark import Broadcast

from features.errors import ZhenweiError
from models import Screener, open_bundle
from models.errors import BundleTampered
from models.registers import Registers
from models.screening import Versions
from models.shelf import MANIFEST

_MOST_OPEN = 2
"""Bundles kept open in a worker: a stream may answer with one while a batch tries another."""
_open: dict[bytes, Screener] = {}


class ExecutorsDiffer(ZhenweiError):
    """An executor runs other code or knowledge than the driver, and would answer differently."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """The files of a bundle, the registers that are asked, and what an answer must name as its versions."""

    files: Mapping[str, bytes]
    registers: Registers
    versions: Versions
    heads: tuple[str, ...]

    @classmethod
    def pack(cls, root: Path, registers: Registers) -> "Parcel":
        """Check a bundle and take a copy of its files. Raises BundleError."""
        screener = Screener(open_bundle(root), registers=registers)
        manifest = screener.bundle.manifest
        files = {name: (root / name).read_bytes() for name in (*manifest.sha256, MANIFEST)}
        if hashlib.sha256(files[MANIFEST]).hexdigest()[:16] != screener.bundle.id:
            raise BundleTampered(f"{root} was replaced while it was read; run the command again")
        return cls(files, registers, screener.versions, tuple(manifest.heads))

    def unpack(self) -> Screener:
        """Open the bundle, every hash checked. Raises BundleError, or ExecutorsDiffer."""
        with tempfile.TemporaryDirectory(prefix="zhenwei-") as folder:
            for name, blob in self.files.items():
                Path(folder, name).write_bytes(blob)
            screener = Screener(open_bundle(Path(folder)), registers=self.registers)
        if screener.versions != self.versions:
            raise ExecutorsDiffer(
                f"the executors run {screener.versions}, the driver {self.versions}; give both the same zhenwei"
            )
        return screener


def opened(versions: Versions, parcel: "Broadcast[Parcel]") -> Screener:
    """The screener of this worker process. Raises what `Parcel.unpack` does."""
    name = orjson.dumps(versions)
    if name not in _open:
        while len(_open) >= _MOST_OPEN:
            del _open[next(iter(_open))]
        _open[name] = parcel.value.unpack()
    return _open[name]
