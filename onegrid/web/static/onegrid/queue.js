// Queues by keyboard: j and k move, Enter opens, x ticks, / searches, ? shows the keys.

function rows() {
  return [...document.querySelectorAll("[data-queue] [data-row]")];
}

function move(by) {
  const all = rows();
  if (!all.length) return;
  const at = all.findIndex((row) => row.classList.contains("at"));
  const next = all[Math.min(all.length - 1, Math.max(0, at + by))];
  for (const row of all) row.classList.toggle("at", row === next);
  next.querySelector("[data-open]").focus({ preventScroll: true });
  next.scrollIntoView({ block: "nearest" });
}

function tick() {
  const box = document.querySelector("[data-row].at input[type=checkbox]");
  if (!box) return;
  box.checked = !box.checked;
  box.dispatchEvent(new Event("change", { bubbles: true }));
}

function search() {
  document.querySelector("[role=search] input[type=search]")?.focus();
}

function help() {
  const keys = document.getElementById("keys");
  if (keys) keys.open = !keys.open;
}

const KEYS = { j: () => move(1), k: () => move(-1), x: tick, "/": search, "?": help };

function press(event) {
  const typing = event.target.closest("input:not([type=checkbox]), textarea, select, [contenteditable]");
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (!document.querySelector("[data-queue]") || !KEYS[event.key]) return;
  event.preventDefault();
  KEYS[event.key]();
}

function count() {
  for (const row of rows()) {
    row.classList.toggle("picked", row.querySelector("input[type=checkbox]").checked);
  }
  const place = document.querySelector("[data-chosen]");
  if (!place) return;
  place.dataset.none ??= place.textContent;
  const chosen = document.querySelectorAll("[data-row] input:checked").length;
  place.textContent = chosen ? place.dataset.some.replace("{n}", chosen) : place.dataset.none;
}

function change(event) {
  if (event.target.matches("[data-all]")) {
    for (const box of document.querySelectorAll("[data-row] input[type=checkbox]")) {
      box.checked = event.target.checked;
    }
  }
  if (event.target.closest("[data-queue]")) count();
}

export function startQueue() {
  if (document.documentElement.dataset.queueOn) return;
  document.documentElement.dataset.queueOn = "1";
  document.addEventListener("keydown", press);
  document.addEventListener("change", change);
}
