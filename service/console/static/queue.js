// Reviewing by keyboard: a key presses the button that shows it; j and k move through rows and tick boxes.
"use strict";

const busy = () => document.querySelector("#work.htmx-request, #work .htmx-request");
const typing = (element) => element.matches("textarea, select, input:not([type=radio], [type=checkbox])");

function move(step) {
  const places = [...document.querySelectorAll("[data-rows] th a, .ticks input, .ticks a")];
  if (!places.length) return;
  const at = places.indexOf(document.activeElement);
  places[Math.min(Math.max(at + step, 0), places.length - 1)].focus();
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (typing(event.target) || document.querySelector("dialog[open]")) return;
  if (event.key === "j" || event.key === "k") {
    move(event.key === "j" ? 1 : -1);
    return;
  }
  const button = [...document.querySelectorAll("[data-key]")].find((one) => one.dataset.key === event.key);
  if (!button || button.disabled || busy()) return;
  event.preventDefault();
  button.click();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) document.getElementById("keys").showModal();
  const all = event.target.closest("[data-tick]");
  if (!all) return;
  const boxes = [...document.querySelectorAll(`input[name="${all.dataset.tick}"]`)];
  const tick = boxes.some((one) => !one.checked);
  for (const one of boxes) one.checked = tick;
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.detail.target.id === "work") scrollTo({ top: 0 });
});
