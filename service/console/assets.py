"""Assets: style, scripts and pictures, each at an address that holds its digest, so that browsers keep it for good."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType

from fastapi import APIRouter, Request, Response

from service.errors import NothingThere

_FOLDER = Path(__file__).with_name("static")
_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
}
KEPT = "public, max-age=31536000, immutable"
router = APIRouter()


@dataclass(frozen=True, slots=True)
class Asset:
    """A file the browser loads."""

    url: str
    kind: str
    content: bytes


class Assets:
    """Every asset, read once."""

    def __init__(self, root: str) -> None:
        """Read the folder; `root` is where the console is served."""
        self._by_name = {
            path.relative_to(_FOLDER).as_posix(): _asset(path, root)
            for path in sorted(_FOLDER.rglob("*"))
            if path.suffix in _TYPES
        }
        below = len(f"{root}/static/")
        self._by_address = MappingProxyType({asset.url[below:]: asset for asset in self._by_name.values()})

    @property
    def by_name(self) -> Mapping[str, Asset]:
        """Assets by their path below static/."""
        return self._by_name

    def at(self, address: str) -> Asset:
        """Return what is at digest/name. Raises NothingThere, also for an older digest."""
        if (found := self._by_address.get(address)) is None:
            raise NothingThere("This file is not served here; load the page again.")
        return found


@lru_cache(maxsize=1)
def of(root: str) -> Assets:
    """The assets of this process."""
    return Assets(root)


def _asset(path: Path, root: str) -> Asset:
    content = path.read_bytes()
    digest = hashlib.sha256(content).hexdigest()[:12]
    name = path.relative_to(_FOLDER).as_posix()
    return Asset(f"{root}/static/{digest}/{name}", _TYPES[path.suffix], content)


@router.get("/static/{name:path}")
async def static(request: Request, name: str) -> Response:
    """Send an asset."""
    asset = request.app.state.console.assets.at(name)
    return Response(asset.content, media_type=asset.kind, headers={"Cache-Control": KEPT})
