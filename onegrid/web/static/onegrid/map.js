// A map on a page: <div data-map="address" data-library="…" data-worker="…">.
//
// `data-map` leads to the map's description ({layers, place, bounds, words}) or to a GeoJSON
// FeatureCollection of cases whose member `base` leads to that description. `data-cases` adds cases
// to a plain description; a `bbox` of the cases is what the map shows first. With `data-pick` a tap chooses a place and writes #f-lon and #f-lat.
// Everything on the map is also on the page as a list or an address field; when WebGL is missing or
// the library does not load, the fallback text stays and the page works without it.

import { showCases } from "./map-cases.js";
import { letPick } from "./map-pick.js";
import { drawnStyle, paint } from "./map-style.js";

const CHINA = [73.5, 18, 135, 53.6];
const json = { headers: { Accept: "application/json" }, credentials: "same-origin" };

async function load(address) {
  const answer = await fetch(address, json);
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return answer.json();
}

async function describe(box) {
  const first = await load(box.dataset.map);
  if (first.type !== "FeatureCollection") {
    const cases = box.dataset.cases ? await load(box.dataset.cases) : null;
    return { ...first, cases };
  }
  return { ...(await load(first.base)), cases: first };
}

const libraries = new Map();

function library(box) {
  const address = box.dataset.library;
  if (!libraries.has(address)) {
    libraries.set(
      address,
      import(address).then((found) => {
        found.setWorkerUrl(new URL(box.dataset.worker, document.baseURI).href);
        return found;
      }),
    );
  }
  return libraries.get(address);
}

function frame(maplibre, box, found, canvas) {
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const map = new maplibre.Map({
    container: canvas,
    style: drawnStyle(found, box),
    bounds: found.cases?.bbox ?? found.bounds ?? CHINA,
    fitBoundsOptions: { padding: 16, maxZoom: 16.5 },
    minZoom: found.bounds ? 8 : 2,
    pitch: "solid" in box.dataset ? 50 : 0,
    maxZoom: 18.5,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: still ? 0 : 200,
    cooperativeGestures: false,
    locale: { "Map.Title": box.getAttribute("aria-label") ?? "" },
  });
  map.touchZoomRotate.disableRotation();
  map.addControl(new maplibre.NavigationControl({ showCompass: false }), "top-right");
  map.addControl(new maplibre.ScaleControl({ unit: "metric" }), "bottom-left");
  return map;
}

function followTheme(map, box, found, signal) {
  const repaint = () => {
    paint(map, found, box);
    box.dispatchEvent(new CustomEvent("map:theme"));
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint, { signal });
  const themes = new MutationObserver(repaint);
  themes.observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
  signal.addEventListener("abort", () => themes.disconnect());
}

// Maps on the page; one whose box has left the page gives its memory back.
const shown = new Map();

function dropGone() {
  for (const [box, { map, end }] of shown) {
    if (box.isConnected) continue;
    end.abort();
    map.remove();
    shown.delete(box);
  }
}

function explain(box, described) {
  const line = box.querySelector(".fallback");
  if (!line) return;
  line.classList.remove("no-js");
  if (described) line.textContent = described.words.failed;
}

async function start(box) {
  box.dataset.mapState = "loading";
  const canvas = document.createElement("div");
  canvas.className = "map-canvas";
  let described = null;
  try {
    const loading = library(box);
    const found = (described = await describe(box));
    const maplibre = await loading;
    box.prepend(canvas);
    const map = frame(maplibre, box, found, canvas);
    await new Promise((ready, broken) => {
      map.once("load", ready);
      map.once("error", (event) => broken(event.error));
    });
    const end = new AbortController();
    shown.set(box, { map, end });
    followTheme(map, box, found, end.signal);
    if (found.cases) showCases(map, box, found, end.signal);
    if ("pick" in box.dataset) letPick(maplibre, map, box, found);
    box.dataset.mapState = "ready";
    box.dispatchEvent(new CustomEvent("map:ready", { bubbles: true, detail: { map } }));
  } catch (error) {
    canvas.remove();
    box.dataset.mapState = "failed";
    explain(box, described);
    console.warn("map:", error);
  }
}

const seen = new IntersectionObserver(
  (entries) => {
    for (const entry of entries) {
      if (!entry.isIntersecting) continue;
      seen.unobserve(entry.target);
      start(entry.target);
    }
  },
  { rootMargin: "200px" },
);

function findMaps(root) {
  for (const box of root.querySelectorAll("[data-map]:not([data-map-state])")) {
    box.dataset.mapState = "waiting";
    seen.observe(box);
  }
}

findMaps(document);
document.addEventListener("htmx:after:swap", () => {
  dropGone();
  findMaps(document);
});
