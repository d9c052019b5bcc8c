"""Pictures of the console for the README, light and dark, and how quick and large its pages are.

python -m benchmarks.screenshots [FOLDER]   # default docs/console; needs Chromium and `make setup-dev`

A service of its own runs in a folder of its own, with data_samples screened by it.
"""

import io
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Literal

import httpx2
from PIL import Image
from playwright.sync_api import Browser, Page, Request, sync_playwright

ROOT = Path(__file__).parents[1]
CHROMIUM = "/usr/bin/chromium"
LARGEST = 80_000  # bytes of a picture
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
_SHOWN = "url => location.href !== url && !document.querySelector('.htmx-request')"
_PAINT = "() => performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


@contextmanager
def service() -> Iterator[str]:
    """Serve the console in a fresh home folder."""
    with tempfile.TemporaryDirectory() as home, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        command = [str(Path(sys.executable).with_name("zhenwei")), "serve", "--port", str(port)]
        variables = os.environ | {"ZHENWEI_HOME": home, "ZHENWEI_LOG_LEVEL": "error"}
        process = subprocess.Popen(command, env=variables)  # noqa: S603 - our own command
        url = f"http://127.0.0.1:{port}"
        try:
            while process.poll() is None:
                try:
                    httpx2.get(f"{url}/healthz")
                    break
                except httpx2.TransportError:
                    time.sleep(0.1)
            yield url
        finally:
            process.terminate()
            process.wait()


def screened(page: Page, file: Path) -> None:
    """Send a file through the console, as people do, and wait until it can be explored."""
    page.goto("/console/screenings")
    page.set_input_files("#file", file)
    page.click("form[data-upload] .go")
    page.click("#start .go")
    page.wait_for_selector("#explore canvas", timeout=120_000)


def _measure(sizes: list[int], request: Request) -> None:
    sizes.append(request.sizes()["responseBodySize"])


def small(picture: bytes) -> bytes:
    """A picture as WebP of at most LARGEST bytes."""
    image = Image.open(io.BytesIO(picture))
    for quality in range(82, 20, -6):
        out = io.BytesIO()
        image.save(out, "WEBP", quality=quality, method=6)
        if out.tell() <= LARGEST:
            break
    return out.getvalue()


def pages_of(browser: Browser, url: str) -> dict[str, str]:
    """Fill the console; the pages worth a picture."""
    for line in (ROOT / "data_samples/listings.jsonl").read_bytes().splitlines():
        httpx2.post(f"{url}/v1/score", content=line, headers={"content-type": "application/json"})
    entry = {"effect": "deny", "reason": "三次售假，已下架", "who": "周", "expires_on": "2099-01-01"}
    for kind, value in (("seller", "s-20931"), ("term", "过毒版"), ("listing", "S038")):
        httpx2.post(f"{url}/v1/lists", json=entry | {"kind": kind, "value": value})
    with browser.new_context(base_url=url, locale="zh-CN") as context:
        page = context.new_page()
        screened(page, ROOT / "data_samples/listings.csv")
        found = {room: f"/console/{room}" for room in ("screenings", "lists", "keys")}
        for link in page.locator("nav a").all():
            path = link.get_attribute("href") or ""
            found.setdefault(path.rsplit("/", 1)[1], path)
        found |= {"try": "/console/try?example=replica", "screening": page.url.removeprefix(url)}
        page.goto("/console/queue")
        page.keyboard.press("n")
        page.wait_for_selector("#decide")
        for key in "ccfc":  # so that there is something to see in Quality
            before = page.url
            page.keyboard.press(key)
            page.wait_for_function(_SHOWN, arg=before)
        return found | {"case": page.url.removeprefix(url)}


def main() -> None:
    """Take every picture, and print what was measured."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs/console"
    folder.mkdir(parents=True, exist_ok=True)
    with service() as url, sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        for name, path in pages_of(browser, url).items():
            for theme in THEMES:
                with browser.new_context(
                    base_url=url, locale="zh-CN", color_scheme=theme, viewport={"width": 1280, "height": 860}
                ) as context:
                    page, sizes = context.new_page(), list[int]()
                    page.on("requestfinished", partial(_measure, sizes))
                    page.goto(path, wait_until="networkidle")
                    paint = page.evaluate(_PAINT)
                    (folder / f"{name}-{theme}.webp").write_bytes(small(page.screenshot()))
                    print(f"{name:12} {theme:6} first paint {paint:4.0f} ms  {sum(sizes) / 1e3:6.0f} kB")
        browser.close()


if __name__ == "__main__":
    main()
