// The workbench of a plan. Every form works without this; here they are sent without leaving the
// page, a tap on the map paints, and a running planner is followed.
//
// Parts of the page that an answer brings anew carry `data-part` and an id.

import { letDraw } from "./plan-lasso.js";
import { PlanMap } from "./plan-map.js";
import { toast } from "./toast.js";

const POLL_MS = 1500;
let plan = null;
let queue = Promise.resolve();

const bench = () => document.getElementById("bench");
const tool = () => document.querySelector("[name=tool]:checked")?.value ?? "look";
const failed = () => toast(document.body.dataset.wordsFailed, "error");

// ---- bringing parts of the page up to date

function carryOver(old, fresh) {
  for (const control of old.querySelectorAll("[data-keep]")) {
    const same = fresh.querySelector(`#${CSS.escape(control.id)}`);
    if (!same) continue;
    if (control.matches("details")) same.open = control.open;
    else if (control.matches("select")) {
      if ([...same.options].some(({ value }) => value === control.value)) same.value = control.value;
    } else same.checked = control.checked;
  }
}

function renew(page) {
  const focused = document.activeElement?.id;
  for (const part of document.querySelectorAll("[data-part]")) {
    const fresh = page.getElementById(part.id);
    if (!fresh) continue;
    carryOver(part, fresh);
    part.replaceWith(fresh);
  }
  const again = focused && document.getElementById(focused);
  if (again && document.activeElement === document.body) again.focus({ preventScroll: true });
  for (const note of page.querySelectorAll(".messages .note")) {
    toast(note.textContent.trim(), note.classList.contains("note-warning") ? "warning" : "success");
  }
  const summary = document.querySelector("#problems .summary");
  summary?.focus();
  summary?.scrollIntoView({ block: "center" });
}

async function bring(address, options) {
  const answer = await fetch(address, { credentials: "same-origin", ...options });
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (!page.getElementById("bench")) throw new Error(`${answer.status} ${address}`);
  renew(page);
  watchRun();
  if (!plan || Number(bench().dataset.version) === plan.shape.version) return;
  await plan.refresh();
  showLayers();
}

// One thing after the other: each answer brings the keys of the next forms.
function enqueue(deed) {
  queue = queue.then(deed).catch((error) => {
    console.warn("plan:", error);
    failed();
    if (plan) plan.refresh().catch(failed);
  });
  return queue;
}

function send(form, button, more = []) {
  const body = new FormData(form, button);
  for (const [name, value] of more) body.append(name, value);
  return bring(form.action, { method: "POST", body });
}

document.addEventListener("submit", (event) => {
  const form = event.target.closest("form[data-live]");
  if (!form) return;
  event.preventDefault();
  enqueue(() => send(form, event.submitter));
}, { capture: true });

document.addEventListener("click", (event) => {
  const link = event.target.closest("[data-turn] a[href^='?']");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const address = new URL(link.href);
  history.replaceState(null, "", address);
  enqueue(() => bring(address.href));
});

document.addEventListener("keydown", (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
  if (event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select")) return;
  const key = event.key.toLowerCase();
  const name = key === "y" || (key === "z" && event.shiftKey) ? "redo" : key === "z" ? "undo" : "";
  const button = name && document.querySelector(`[data-${name}]:not([disabled])`);
  if (!button) return;
  event.preventDefault();
  enqueue(() => send(button.form, button));
});

// ---- painting on the map

function paint(found) {
  const form = document.getElementById("paint");
  if (!form || !found.length) return;
  const whole = document.querySelector("[name=whole]")?.checked;
  const all = whole ? plan.wholeCompounds(found) : found;
  const number = Number(form.elements.grid.value);
  const moved = all.filter((n) => plan.shape.labels[n] !== number);
  if (!moved.length) return;
  const labels = plan.shape.labels.slice();
  for (const n of moved) labels[n] = number;
  plan.shape.labels = labels;
  plan.recolour(labels, plan.shape.colours);
  enqueue(() => send(document.getElementById("paint"), null, moved.map((n) => ["buildings", plan.homes.id[n]])));
}

function take(number) {
  const select = document.querySelector("#paint [name=grid]");
  if (select && number !== null) select.value = String(number);
}

function tap({ point }) {
  const number = plan.gridAt(point);
  if (tool() === "take") take(number);
  if (tool() === "tap") {
    const home = plan.homeAt(point);
    if (home !== null) paint([home]);
  } else plan.pin(number);
}

function showLayers() {
  for (const check of document.querySelectorAll("[data-show]")) plan.toggle(check.dataset.show, check.checked);
}

function useTool() {
  const drawing = ["box", "lasso"].includes(tool());
  plan.map.dragPan[drawing ? "disable" : "enable"]();
  plan.map.getCanvasContainer().classList.toggle("plan-drawing", drawing);
  plan.map.getCanvas().classList.toggle("plan-cross", tool() !== "look");
}

async function startMap({ target, detail: { map } }) {
  const box = target.closest("[data-plan]");
  if (!box) return;
  try {
    plan = await PlanMap.on(map, box);
  } catch (error) {
    console.warn("plan:", error);
    return failed();
  }
  map.on("click", tap);
  letDraw(map, () => (["box", "lasso"].includes(tool()) ? tool() : ""), (ring) => paint(plan.homesIn(ring)));
  useTool();
  showLayers();
  box.dataset.drawn = "1";
}

document.addEventListener("map:ready", startMap);
document.addEventListener("change", ({ target }) => {
  if (!plan) return;
  if (target.matches("[name=tool]")) useTool();
  if (target.matches("[data-show]")) plan.toggle(target.dataset.show, target.checked);
});

// ---- following a run

let curve = [];
let watching = 0;

function drawCurve(box, rms) {
  const line = box.querySelector("[data-run-curve] polyline");
  if (!rms || !line) return;
  curve.push(rms);
  const [least, most] = [Math.min(...curve), Math.max(...curve)];
  const y = (value) => 38 - (36 * (value - least)) / Math.max(most - least, 1e-9);
  const step = 200 / Math.max(curve.length - 1, 1);
  line.setAttribute("points", curve.map((value, n) => `${(n * step).toFixed(1)},${y(value).toFixed(1)}`).join(" "));
  box.querySelector("[data-run-curve]").hidden = curve.length < 2;
}

function showRun(box, told) {
  const bar = box.querySelector("progress");
  if (told.share > 0) bar.value = told.share;
  for (const [name, words] of Object.entries(told.words)) {
    const place = box.querySelector(`[data-run-${name}]`);
    if (place && place.textContent !== words) place.textContent = words;
  }
  drawCurve(box, told.rms);
  if (plan && told.labels?.length) plan.preview(told.labels, told.colours);
}

async function follow(box) {
  const had = plan ? plan.address.split("?")[1] : "";
  const answer = await fetch(`${box.dataset.run}?${had}`, { credentials: "same-origin" });
  if (!answer.ok) throw new Error(String(answer.status));
  const told = await answer.json();
  showRun(box, told);
  return told.alive;
}

function watchRun() {
  clearTimeout(watching);
  const box = document.querySelector("[data-run]");
  if (!box) {
    curve = [];
    return;
  }
  const again = () => {
    watching = setTimeout(tick, POLL_MS);
  };
  const tick = async () => {
    if (!box.isConnected) return;
    if (document.visibilityState !== "visible") return again();
    try {
      if (await follow(box)) return again();
    } catch (error) {
      console.warn("plan:", error);
      return again();
    }
    enqueue(() => bring(location.href));
  };
  tick();
}

watchRun();
