"""A sealed package: the files of a transfer, and a manifest that names each by its hash.

Whoever receives it runs `zhenwei leads verify`. The seal is the hash of the manifest: written into the letter that goes
with the package, it shows that manifest and files are the ones that were sent. Reading trusts nothing: no name leaves
the package, nothing is unpacked to disk, and no more is read of a file than the manifest says it holds.
"""

import hashlib
import lzma
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from features.errors import ZhenweiError
from service.leads.account import Account

MANIFEST = "manifest.json"
FORMAT = 1
_BLOCK = 1 << 20
_LARGEST_MANIFEST = 8 << 20
_MOST_FILES = 1000
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the same leads are the same bytes
_UNREADABLE = (OSError, EOFError, zipfile.BadZipFile, zlib.error, lzma.LZMAError, RuntimeError)
"""What a damaged zip may raise; RuntimeError is a cipher or, as NotImplementedError, an unknown packing."""


class PackageRejected(ZhenweiError):
    """A package cannot be written where it was asked for, or what is there is none."""


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Sealed(_Model):
    """One file of a package."""

    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)


class Input(_Model):
    """One file the leads were made from."""

    name: str
    sha256: str
    bytes: int
    rows: int


class Manifest(_Model):
    """What a package holds, and what made it."""

    format: int
    made_on: str
    bundle: str
    knowledge: str
    code: str
    registers: dict[str, str]
    inputs: tuple[Input, ...]
    files: dict[str, Sealed]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What verification found. `fault` names the first file that is not as it was sealed; None: all are."""

    seal: str  # sha256 of the manifest
    files: int
    fault: str | None


class _Parts(Protocol):
    def names(self) -> list[str]: ...

    def opened(self, name: str) -> IO[bytes]: ...


def seal(files: Mapping[str, bytes], account: Account, out: Path, *, force: bool = False) -> str:
    """Write a package: a folder, or a zip when the name ends so; return its seal.

    It appears whole or not at all. Raises PackageRejected when something stands there already and `force` is not set.
    """
    versions = account.versions
    manifest = Manifest(
        format=FORMAT,
        made_on=account.made_on,
        bundle=versions.bundle,
        knowledge=versions.knowledge,
        code=versions.code,
        registers=versions.registers,
        inputs=tuple(Input(name=i.name, sha256=i.sha256, bytes=i.bytes, rows=i.rows) for i in account.inputs),
        files={name: Sealed(sha256=hashlib.sha256(blob).hexdigest(), bytes=len(blob)) for name, blob in files.items()},
    )
    told = manifest.model_dump_json(indent=2).encode() + b"\n"
    write({MANIFEST: told, **files}, out, force=force)
    return hashlib.sha256(told).hexdigest()


def write(files: Mapping[str, bytes], out: Path, *, force: bool) -> None:
    """Write files into a folder or zip. Raises PackageRejected."""
    refuse_standing(out, force=force)
    aside = out.with_name(f".{out.name}.partial")
    if out.suffix.lower() == ".zip":
        with zipfile.ZipFile(aside, "w", zipfile.ZIP_DEFLATED) as parts:
            for name, blob in files.items():
                parts.writestr(zipfile.ZipInfo(name, _EPOCH), blob, zipfile.ZIP_DEFLATED)
        aside.replace(out)
        return
    _clear(aside)
    aside.mkdir(parents=True)
    for name, blob in files.items():
        (aside / name).write_bytes(blob)
    _clear(out)
    aside.replace(out)


def refuse_standing(out: Path, *, force: bool) -> None:
    """Raise PackageRejected when a result would be overwritten, or the place is none of ours to clear."""
    if out.exists() and not force:
        raise PackageRejected(f"{out} is there already; choose another name, or say --force")
    if out.is_dir() and any(out.iterdir()) and not (out / MANIFEST).is_file():
        raise PackageRejected(f"{out} holds other files; choose another folder")
    if not out.parent.is_dir():
        raise PackageRejected(f"{out}: there is no folder {out.parent}; make it first")


def verify(path: Path) -> Verdict:
    """Check every file of a package against its manifest. Raises PackageRejected when it is none."""
    with _opened(path) as parts:
        return _verified(parts, path)


def _verified(parts: _Parts, path: Path) -> Verdict:
    names = parts.names()
    if MANIFEST not in names:
        raise PackageRejected(f"{path} holds no {MANIFEST}: it is no package of leads")
    with parts.opened(MANIFEST) as file:
        told = file.read(_LARGEST_MANIFEST + 1)
    seal_ = hashlib.sha256(told).hexdigest()
    try:
        manifest = Manifest.model_validate_json(told[: _LARGEST_MANIFEST + 1])
    except ValidationError as error:
        raise PackageRejected(
            f"{path}: {MANIFEST} is damaged ({error.errors()[0]['msg']}); ask for it again"
        ) from error
    if manifest.format != FORMAT:
        raise PackageRejected(f"{path} has format {manifest.format}; this version reads {FORMAT}: upgrade zhenwei")
    fault = _first_fault(parts, manifest, names)
    return Verdict(seal_, len(manifest.files), fault)


def _first_fault(parts: _Parts, manifest: Manifest, names: list[str]) -> str | None:
    for name, sealed in manifest.files.items():
        if name not in names:
            return f"{name} is missing"
        if names.count(name) > 1:
            return f"{name} stands twice"
        if not _as_sealed(parts, name, sealed):
            return f"{name} was changed"
    extra = [name for name in names if name != MANIFEST and name not in manifest.files]
    return f"{extra[0]} was added" if extra else "the manifest stands twice" if names.count(MANIFEST) > 1 else None


def _as_sealed(parts: _Parts, name: str, sealed: Sealed) -> bool:
    """Whether a file has the hash it should; no more is read than it should hold."""
    digest, left = hashlib.sha256(), sealed.bytes
    try:
        with parts.opened(name) as file:
            while block := file.read(min(_BLOCK, left + 1)):
                left -= len(block)
                if left < 0:
                    return False
                digest.update(block)
    except (*_UNREADABLE, ValueError):
        return False
    return left == 0 and digest.hexdigest() == sealed.sha256


class _Folder:
    def __init__(self, path: Path) -> None:
        self._path = path

    def names(self) -> list[str]:
        return sorted(one.relative_to(self._path).as_posix() for one in self._path.rglob("*") if not one.is_dir())

    def opened(self, name: str) -> IO[bytes]:
        path = self._path / name
        if path.is_symlink() or not path.resolve().is_relative_to(self._path.resolve()):
            raise OSError(f"{name} leads out of the package")
        return path.open("rb")


class _Zip:
    def __init__(self, parts: zipfile.ZipFile) -> None:
        self._parts = parts

    def names(self) -> list[str]:
        return self._parts.namelist()

    def opened(self, name: str) -> IO[bytes]:
        return self._parts.open(name)


@contextmanager
def _opened(path: Path) -> Iterator[_Parts]:
    if path.is_dir():
        yield _Folder(path)
        return
    try:
        with zipfile.ZipFile(path) as parts:
            if len(parts.infolist()) > _MOST_FILES:
                raise PackageRejected(f"{path} holds more than {_MOST_FILES} files: it is no package of leads")
            yield _Zip(parts)
    except _UNREADABLE as error:
        raise PackageRejected(f"{path} is no whole package ({error}); ask for it again") from error


def _clear(folder: Path) -> None:
    """Remove a package that stands as a folder: its files, and nothing that is not in one."""
    if folder.is_dir():
        for one in folder.iterdir():
            one.unlink()
        folder.rmdir()
