// Asks htmx to fetch [data-poll="seconds"] again, but only while somebody is looking and nothing
// in it is being used: a ticked box, an open menu or the focus inside keep it as it is.

const TICK = 1000;
let waited = 0;

function inUse(box) {
  return box.contains(document.activeElement) || box.querySelector("input:checked, details[open]");
}

function tick() {
  if (document.visibilityState !== "visible") return;
  waited += 1;
  for (const box of document.querySelectorAll("[data-poll]")) {
    if (waited % Number(box.dataset.poll) || inUse(box)) continue;
    box.dispatchEvent(new CustomEvent("poll"));
  }
}

setInterval(tick, TICK);
