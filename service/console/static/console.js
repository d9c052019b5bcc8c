// What pages need beside htmx: a message when the service is gone, and the address kept when the look changes.
"use strict";

const notice = document.getElementById("notice");

document.addEventListener("htmx:sendError", () => {
  if (!notice) return;
  const told = document.createElement("div");
  told.className = "banner bad";
  told.textContent = notice.dataset.away;
  notice.replaceChildren(told);
});

document.addEventListener("htmx:beforeRequest", (event) => {
  if (notice && !(event.detail.requestConfig.headers.Quiet)) notice.replaceChildren();
});

// The part after # never leaves the browser by itself; a redirect keeps that of the address it answered.
for (const form of document.querySelectorAll("form.look")) {
  form.addEventListener("submit", () => { form.action = form.action.split("#")[0] + location.hash; });
}

// How far an upload is.
document.addEventListener("htmx:xhr:progress", (event) => {
  const bar = event.target.closest("[data-upload]")?.querySelector("progress");
  if (!bar || !event.detail.lengthComputable) return;
  bar.hidden = false;
  bar.value = 100 * event.detail.loaded / event.detail.total;
});
