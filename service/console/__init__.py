"""The review console at /console: pages made here, no build step, nothing from outside.

How to add a page, say 卖家 (seller):

1. `seller.py`: `router = APIRouter(prefix="/sellers")` and `ROOM = Room("seller", "review", router)`. A handler takes
   `request: Request`, gets what it needs from `request.app.state` (the same state as the API's: screener, recording,
   lane, keys …) and returns `show(request, "seller.html.j2", name=value, …)`. The room's scope is asked for at every
   path of its router; one handler may ask for more with `dependencies=[enter("admin")]`. Never return what was not
   rendered by `show`.
2. `templates/seller.html.j2`: `{% extends "layout.html.j2" %}`, blocks `title`, `content`, and `scripts` for a page
   with charts: `{{ script("vendor/echarts/echarts.common.min.js") }}{{ script("charts.js") }}`.
   `t("seller.heading", n=3)` is a phrase, `say(bilingual)` a bilingual sentence in the reader's language, `lang` that
   language, `reader.may("admin")` what the key allows. Every printed string is escaped and its hidden characters are
   named; `value|exactly` in an attribute keeps them, so that a form sends back what it was given.
   No inline script, handler or style attribute: the browser refuses them. A chart is
   `<div class="chart" data-chart="{{ option|chart }}">` with an ECharts option as plain data.
3. `words/seller.toml`: the phrases, `[seller]` then `heading = { zh = "…", en = "… {n}" }`; `nav.seller` too.
4. One entry in `ROOMS` of app.py: that makes routes and navigation.

A form needs `{{ csrf }}` inside; htmx requests send the token by themselves. For htmx, `show` a template that holds
only the part that changes. Errors of service.errors become pages, or a notice when htmx asked.
"""
