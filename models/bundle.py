"""A bundle: the trained artefact, a folder that is checked byte for byte before any of it is parsed."""

import hashlib
import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from features.knowledge import Knowledge, load
from features.knowledge.brandlist import BRANDS, with_brands
from features.registry import CATALOGUE
from models.booster import Booster
from models.calibration import Calibration
from models.errors import BundleFromFuture, BundleInvalid, BundleMissing, BundleStale, BundleTampered
from models.heads import HEADS
from models.manifest import FORMAT, Manifest
from models.shelf import MANIFEST, Shelf, claimed, identity, standing
from models.text_model import TextModel

STARTER = Path(__file__).with_name("starter")
"""The bundle that ships: trained on simulated listings."""

TEXT_MODEL, CALIBRATION, CARD = "text_model.npz", "calibration.json", "card.md"
REFERENCE = "reference.npz"
"""Optional: the profile of the listings it was trained on, which training.drift writes and reads."""
_LARGEST = 64 << 20  # bytes; a larger file is not one of ours
_ONLY_CITED = re.compile(r"^(laws|authorities)\.toml$")  # editing these changes no feature

CALIBRATIONS = TypeAdapter(dict[str, Calibration])


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
    reference: bytes | None = None  # REFERENCE as stored; None when the bundle does not remember its training


def booster_file(head: str) -> str:
    """Name of a head's trees inside the folder."""
    return f"booster.{head}.txt"


def open_bundle(root: Path, knowledge: Knowledge | None = None) -> Bundle:
    """Read every file once, check its hash, then parse those same bytes.

    A bundle that is replaced meanwhile is read again; one that was trained with a brand list of its own brings it.
    Raises BundleMissing, BundleFromFuture, BundleInvalid,
    BundleTampered or BundleStale.
    """
    knowledge = load() if knowledge is None else knowledge
    raw, manifest, blobs = _whole(root)
    if BRANDS in blobs:
        knowledge = with_brands(knowledge, blobs[BRANDS], str(root / BRANDS))
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
            reference=blobs.get(REFERENCE),
        )
    except (ValueError, KeyError) as error:
        raise BundleInvalid(f"{root}: a file does not parse ({error}); retrain with `zhenwei train`") from error


def _whole(root: Path) -> tuple[bytes, Manifest, dict[str, bytes]]:
    """Read the manifest, as bytes and parsed, and the files it vouches for, all of one bundle."""
    seen = identity(root)
    while True:
        try:
            return _checked(standing(root))
        except (BundleMissing, BundleTampered):
            if (now := identity(root)) == seen:
                raise
            seen = now


def _checked(root: Path) -> tuple[bytes, Manifest, dict[str, bytes]]:
    raw = _read(root, MANIFEST)
    manifest = read_manifest(raw, root)
    blobs = {name: _read(root, name) for name in manifest.sha256}
    for name, blob in blobs.items():
        if (got := hashlib.sha256(blob).hexdigest()) != (want := manifest.sha256[name]):
            raise BundleTampered(
                f"{root / name}: sha256 {got[:12]}, but {MANIFEST} says {want[:12]}; copy the bundle again or retrain"
            )
    return raw, manifest, blobs


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
    if manifest.sha256.keys() - {REFERENCE, BRANDS} != ours:
        odd = sorted(manifest.sha256.keys() ^ ours)
        raise BundleInvalid(f"{root / MANIFEST} lists other files than a bundle has: {odd}; copy it again or retrain")
    return manifest


def refuse_stale(manifest: Manifest, names: Collection[str], digests: Mapping[str, str]) -> None:
    """Additions are fine, because columns are picked by name; removals and edits are not."""
    if gone := [name for name in manifest.features if name not in names]:
        raise BundleStale(f"this code no longer computes {gone}; retrain with `zhenwei train`")
    if gone := [head for head in manifest.heads if head not in HEADS]:
        raise BundleStale(f"models/heads.toml no longer has {gone}; put it back, or retrain with `zhenwei train`")
    used = {name: digest for name, digest in manifest.knowledge.items() if not _ONLY_CITED.match(name)}
    if edited := sorted(name for name, digest in used.items() if digests.get(name) != digest):
        raise BundleStale(f"knowledge edited since training: {edited}; retrain with `zhenwei train`")


def write_bundle(root: Path, manifest: Manifest, files: Mapping[str, bytes]) -> Manifest:
    """Put a bundle at `root`; returns the manifest with every file's hash.

    A bundle already there is replaced. Raises BundleInvalid when anything else stands there, BundleBusy while
    somebody else writes there, BundleUnwritten when the disk does not take it; what stood there is left alone then.
    """
    with claimed(root) as shelf:
        return put_bundle(shelf, manifest, files)


def put_bundle(shelf: Shelf, manifest: Manifest, files: Mapping[str, bytes]) -> Manifest:
    """Put a bundle at a place that is already claimed; returns the manifest with every file's hash."""
    hashes = {name: hashlib.sha256(blob).hexdigest() for name, blob in sorted(files.items())}
    signed = manifest.model_copy(update={"sha256": hashes})
    shelf.put({**files, MANIFEST: (signed.model_dump_json(indent=2) + "\n").encode()})
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
