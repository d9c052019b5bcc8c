"""The bundle store: an immutable copy of every bundle that was ever active, so that each can be gone back to."""

import hashlib
import re
from pathlib import Path

from models import STARTER, Bundle, open_bundle
from models.errors import BundleError, BundleMissing, BundleTampered
from models.shelf import MANIFEST, claimed
from service.ledger.activations import SHIPPED

_ID = re.compile(r"[0-9a-f]{16}")


class BundleStore:
    """Bundles in a folder, each under its id."""

    def __init__(self, folder: Path) -> None:
        """Keep bundles in `folder`, which is made when the first one comes."""
        self._folder = folder

    def path(self, bundle: str) -> Path:
        """Where a bundle is kept. Raises BundleMissing for what is no id: nothing outside the store is reached."""
        if bundle == SHIPPED:
            return STARTER
        if not _ID.fullmatch(bundle):
            raise BundleMissing(f"{bundle}: not the id of a bundle, which is 16 hex digits; see `zhenwei model list`")
        return self._folder / bundle

    def find(self, bundle: str) -> Path:
        """Where a kept bundle really is. Raises BundleMissing when it is not kept here, BundleTampered for another."""
        path = self.path(bundle)
        try:
            manifest = (path / MANIFEST).read_bytes()
        except OSError as error:
            raise BundleMissing(
                f"the bundle {bundle} is not kept in {self._folder}; activate its folder again, or roll back"
            ) from error
        if bundle not in {SHIPPED, hashlib.sha256(manifest).hexdigest()[:16]}:
            raise BundleTampered(f"{path} holds another bundle than {bundle}; activate the right one again")
        return path

    def open(self, bundle: str) -> Bundle:
        """Open a kept bundle, every hash checked. Raises BundleError."""
        return open_bundle(self.find(bundle))

    def keep(self, source: Path) -> Bundle:
        """Check a bundle and keep a copy of it, which no later change of `source` reaches. Raises BundleError."""
        opened = open_bundle(source)
        try:
            return self.open(opened.id)
        except BundleError:
            pass  # not kept yet, or damaged here: the source is whole
        try:
            files = {name: (source / name).read_bytes() for name in (*opened.manifest.sha256, MANIFEST)}
        except OSError as error:
            raise BundleMissing(f"{source} went away while it was copied; try again") from error
        with claimed(self.path(opened.id)) as shelf:
            shelf.put(files)
        return self.open(opened.id)
