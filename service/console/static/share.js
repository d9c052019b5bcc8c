// The link to what stands in a form: its fields after the #, which browsers do not send and servers do not log.
"use strict";

for (const form of document.querySelectorAll("form[data-shared]")) {
  const skipped = new Set(["csrf", "keep"]);
  const copy = form.querySelector("[data-copy]");
  const told = () => new URLSearchParams([...new FormData(form)].filter(([name, value]) => value && !skipped.has(name)));
  const link = () => `${location.origin}${location.pathname}#${told()}`;

  const filled = new URLSearchParams(location.hash.slice(1));
  if (filled.has("title")) {
    for (const [name, value] of filled) {
      const field = form.elements.namedItem(name);
      if (field && !skipped.has(name)) field.value = value;
    }
    addEventListener("load", () => form.requestSubmit());
  }
  form.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.successful && event.detail.elt === form) history.replaceState(history.state, "", link());
  });
  copy.hidden = !navigator.clipboard;
  copy.addEventListener("click", async () => {
    const label = copy.textContent;
    await navigator.clipboard.writeText(link());
    copy.textContent = copy.dataset.copied;
    setTimeout(() => { copy.textContent = label; }, 1500);
  });
}
