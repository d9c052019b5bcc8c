"""A bundle: the trained artefact, a folder that is checked byte for byte before any of it is parsed."""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from features.errors import ZhenweiError
from features.knowledge import Knowledge, load
from features.registry import CATALOGUE
from models.booster import Booster
from models.calibration import Calibration
from models.manifest import FORMAT, Manifest
from models.text_model import TextModel

STARTER = Path(__file__).with_name("starter")
"""The bundle that ships: trained on simulated listings."""

MANIFEST, TEXT_MODEL, CALIBRATION, CARD = "manifest.json", "text_model.npz", "calibration.json", "card.md"
_LARGEST = 64 << 20  # bytes; a larger file is not one of ours
_ONLY_CITED = re.compile(r"^(laws|authorities)\.toml$")  # editing these changes no feature

CALIBRATIONS = TypeAdapter(dict[str, Calibration])


class BundleError(ZhenweiError):
    """A bundle cannot be used. The message says what to do."""


class BundleMissing(BundleError):
    """A file of the bundle is not there."""


class BundleInvalid(BundleError):
    """A file of the bundle does not say what it should, or names what it must not."""


class BundleTampered(BundleError):
    """A file of the bundle is not the file that was trained."""


class BundleStale(BundleError):
    """The features or the knowledge changed since training."""


class BundleFromFuture(BundleError):
    """A newer version of this product wrote the bundle."""


@dataclass(frozen=True, slots=True, eq=False)
class Bundle:
    """An opened bundle: everything trained, and the knowledge it was checked against."""

    id: str  # first 16 hex digits of the manifest's sha256
    manifest: Manifest
    boosters: Mapping[str, Booster]
    text: TextModel
    calibrations: Mapping[str, Calibration]
    knowledge: Knowledge
    card: str


def booster_file(head: str) -> str:
    """Name of a head's trees inside the folder."""
    return f"booster.{head}.txt"


def open_bundle(root: Path, knowledge: Knowledge | None = None) -> Bundle:
    """Read every file once, check its hash, then parse those same bytes.

    Raises BundleMissing, BundleFromFuture, BundleInvalid, BundleTampered or BundleStale.
    """
    knowledge = load() if knowledge is None else knowledge
    raw = _read(root, MANIFEST)
    manifest = read_manifest(raw, root)
    blobs = {name: _read(root, name) for name in manifest.sha256}
    for name, blob in blobs.items():
        if (got := hashlib.sha256(blob).hexdigest()) != (want := manifest.sha256[name]):
            raise BundleTampered(
                f"{root / name}: sha256 {got[:12]}, but {MANIFEST} says {want[:12]}; copy the bundle again or retrain"
            )
    refuse_stale(manifest, [feature.name for feature in CATALOGUE], knowledge.digests)
    try:
        return Bundle(
            id=hashlib.sha256(raw).hexdigest()[:16],
            manifest=manifest,
            boosters={head: Booster.from_text(blobs[booster_file(head)].decode()) for head in manifest.heads},
            text=TextModel.from_bytes(blobs[TEXT_MODEL]),
            calibrations=CALIBRATIONS.validate_json(blobs[CALIBRATION]),
            knowledge=knowledge,
            card=blobs[CARD].decode(),
        )
    except (ValueError, KeyError) as error:
        raise BundleInvalid(f"{root}: a file does not parse ({error}); retrain with `zhenwei train`") from error


def read_manifest(raw: bytes, root: Path) -> Manifest:
    """Parse and check a manifest. A future format is told apart from a broken one before anything else is read."""
    try:
        version = json.loads(raw).get("format")
    except (ValueError, AttributeError) as error:
        raise BundleInvalid(f"{root / MANIFEST} is not a JSON object; copy the bundle again or retrain") from error
    if isinstance(version, int) and version > FORMAT:
        raise BundleFromFuture(f"{root}: format {version}, this code reads up to {FORMAT}; upgrade zhenwei")
    try:
        manifest = Manifest.model_validate_json(raw)
    except ValidationError as error:
        raise BundleInvalid(f"{root / MANIFEST}: {error}; copy the bundle again or retrain") from error
    ours = {TEXT_MODEL, CALIBRATION, CARD, *map(booster_file, manifest.heads)}
    if manifest.sha256.keys() != ours:
        odd = sorted(manifest.sha256.keys() ^ ours)
        raise BundleInvalid(f"{root / MANIFEST} lists other files than a bundle has: {odd}; copy it again or retrain")
    return manifest


def refuse_stale(manifest: Manifest, names: Collection[str], digests: Mapping[str, str]) -> None:
    """Additions are fine, because columns are picked by name; removals and edits are not."""
    if gone := [name for name in manifest.features if name not in names]:
        raise BundleStale(f"this code no longer computes {gone}; retrain with `zhenwei train`")
    used = {name: digest for name, digest in manifest.knowledge.items() if not _ONLY_CITED.match(name)}
    if edited := sorted(name for name, digest in used.items() if digests.get(name) != digest):
        raise BundleStale(f"knowledge edited since training: {edited}; retrain with `zhenwei train`")


def write_bundle(root: Path, manifest: Manifest, files: Mapping[str, bytes]) -> Manifest:
    """Write a bundle beside `root`, then put it in its place; returns the manifest with every file's hash.

    A bundle already at `root` is replaced; anything else there raises BundleInvalid and is left alone.
    """
    if root.exists() and not (root / MANIFEST).is_file() and any(root.iterdir()):
        raise BundleInvalid(f"{root} exists and is not a bundle; choose another folder")
    hashes = {name: hashlib.sha256(blob).hexdigest() for name, blob in sorted(files.items())}
    signed = manifest.model_copy(update={"sha256": hashes})
    aside, old = root.with_name(f".{root.name}.new"), root.with_name(f".{root.name}.old")
    _remove(aside)
    aside.mkdir(parents=True)
    for name, blob in files.items():
        (aside / name).write_bytes(blob)
    (aside / MANIFEST).write_text(signed.model_dump_json(indent=2) + "\n", encoding="utf-8")
    _remove(old)
    if root.exists():
        root.rename(old)
    aside.rename(root)
    _remove(old)
    return signed


def _read(root: Path, name: str) -> bytes:
    path = root / name
    try:
        if path.stat().st_size > _LARGEST:
            raise BundleInvalid(f"{path} is larger than any bundle file; copy the bundle again or retrain")
        return path.read_bytes()
    except OSError as error:
        raise BundleMissing(
            f"{path} cannot be read ({error.strerror}); name a bundle folder, or make one with `zhenwei train`"
        ) from error


def _remove(folder: Path) -> None:
    if folder.is_dir():
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
