"""How long a reviewer waits: `python -m benchmarks.review [DECISIONS]`; needs Chromium and `make setup-dev`.

From the key press until the next case has been painted, in a browser, on a service of its own with the starter bundle.
"""

import csv
import sys
from pathlib import Path
from statistics import median, quantiles

import httpx2
from playwright.sync_api import Page, sync_playwright

from benchmarks.screenshots import CHROMIUM, ROOT, service

_CLOCK = """
  let pressed = null;
  window.waited = [];
  addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id !== "work") return;
    requestAnimationFrame(() => {
      const painted = new MessageChannel();
      painted.port1.onmessage = () => window.waited.push(performance.now() - pressed);
      painted.port2.postMessage(0);
    });
  });
"""


def fill(url: str, count: int) -> None:
    """Have titles of takedowns answered until so many wait."""
    with (ROOT / "data_samples/takedowns.csv").open(encoding="utf-8-sig") as file, httpx2.Client() as client:
        for row in csv.DictReader(file):
            listing = {"listing_id": row["listing_id"], "title": row["title"], "price_cny": 99}
            told = client.post(f"{url}/v1/score", json=listing | {"seller": {"seller_id": "s-1", "name": "店"}})
            count -= told.json().get("action", "pass") != "pass"
            if not count:
                return


def decide(page: Page, count: int) -> list[float]:
    """Decide cases by key; milliseconds of each."""
    page.goto("/console/queue")
    page.keyboard.press("n")
    page.wait_for_selector("#decide")
    for number in range(count):
        page.wait_for_timeout(300)  # a reviewer looks
        page.keyboard.press("cf"[number % 2])
        page.wait_for_function("n => window.waited.length > n", arg=number)
    told: list[float] = page.evaluate("window.waited")
    return told


def main() -> None:
    """Print what was measured."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    with service() as url, sync_playwright() as driver:
        fill(url, count + 5)
        browser = driver.chromium.launch(executable_path=Path(CHROMIUM), args=["--no-sandbox"])
        page = browser.new_page(base_url=url, locale="zh-CN", viewport={"width": 1280, "height": 860})
        page.add_init_script(_CLOCK)
        took = decide(page, count)
        browser.close()
    p95 = quantiles(took, n=20, method="inclusive")[-1]
    print(f"{count} decisions: first {took[0]:.0f} ms, median {median(took):.0f}, p95 {p95:.0f}, most {max(took):.0f}")


if __name__ == "__main__":
    main()
