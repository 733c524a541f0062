// Cases as points beside their list: a point selects the row [data-case-id], a row shows its point.

const MARKS = ["", "due", "overdue"];

function tones(box) {
  const css = getComputedStyle(box);
  const of = (name) => css.getPropertyValue(`--map-${name}`).trim();
  return { calm: of("case"), due: of("case-due"), overdue: of("case-overdue"), ring: of("case-ring"), chosen: of("pin") };
}

function tone(t) {
  return ["match", ["get", "mark"], MARKS[1], t.due, MARKS[2], t.overdue, t.calm];
}

const CHOSEN = ["boolean", ["feature-state", "chosen"], false];
const heapTone = (t) => ["case", [">", ["get", "late"], 0], t.overdue, t.calm];
const pointTone = (t) => ["case", CHOSEN, t.chosen, tone(t)];

function addLayers(map, found, t) {
  map.addSource("cases", {
    type: "geojson", data: found.cases, promoteId: "id", cluster: true, clusterRadius: 34, clusterMaxZoom: 15,
    clusterProperties: { late: ["+", ["case", ["==", ["get", "mark"], MARKS[2]], 1, 0]] },
  });
  map.addLayer({
    id: "case-heaps", type: "circle", source: "cases", filter: ["has", "point_count"],
    paint: {
      "circle-radius": ["interpolate", ["linear"], ["get", "point_count"], 2, 13, 50, 20, 500, 30],
      "circle-color": heapTone(t),
      "circle-stroke-color": t.ring, "circle-stroke-width": 2.5, "circle-opacity": 0.92,
    },
  });
  map.addLayer({
    id: "case-counts", type: "symbol", source: "cases", filter: ["has", "point_count"],
    layout: {
      "text-field": ["get", "point_count_abbreviated"], "text-size": 13, "text-allow-overlap": true,
      "text-font": map.getLayoutProperty("name-road", "text-font"),
    },
    paint: { "text-color": t.ring },
  });
  map.addLayer({
    id: "case-points", type: "circle", source: "cases", filter: ["!", ["has", "point_count"]],
    paint: {
      "circle-radius": ["case", CHOSEN, 11, 7],
      "circle-color": pointTone(t),
      "circle-stroke-color": t.ring, "circle-stroke-width": 2.2,
    },
  });
}

function repaint(map, t) {
  map.setPaintProperty("case-heaps", "circle-color", heapTone(t));
  map.setPaintProperty("case-points", "circle-color", pointTone(t));
  map.setPaintProperty("case-counts", "text-color", t.ring);
  for (const id of ["case-heaps", "case-points"]) map.setPaintProperty(id, "circle-stroke-color", t.ring);
}

function rowOf(id) {
  return document.querySelector(`[data-case-id="${CSS.escape(id)}"]`);
}

export function showCases(map, box, found, signal) {
  const places = new Map();
  let chosen = null;
  addLayers(map, found, tones(box));

  function keep(collection) {
    places.clear();
    for (const { properties, geometry } of collection.features) {
      if (properties.id) places.set(String(properties.id), geometry.coordinates);
    }
  }

  function choose(id) {
    if (chosen !== null) map.setFeatureState({ source: "cases", id: chosen }, { chosen: false });
    if (chosen !== null) rowOf(chosen)?.removeAttribute("aria-current");
    chosen = id;
    map.setFeatureState({ source: "cases", id }, { chosen: true });
    rowOf(id)?.setAttribute("aria-current", "true");
  }

  function chooseOnMap(id) {
    if (!id) return;
    choose(id);
    const row = rowOf(id);
    row?.scrollIntoView({ block: "nearest" });
    (row?.querySelector("a, button") ?? row)?.focus({ preventScroll: true });
    box.dispatchEvent(new CustomEvent("map:case", { bubbles: true, detail: { id } }));
  }

  function chooseInList(event) {
    const id = event.target.closest?.("[data-case-id]")?.dataset.caseId;
    if (!id || id === chosen || !places.has(id)) return;
    choose(id);
    if (!map.getBounds().contains(places.get(id))) map.easeTo({ center: places.get(id) });
  }

  keep(found.cases);
  map.on("click", "case-points", (event) => chooseOnMap(String(event.features[0].properties.id)));
  map.on("click", "case-heaps", async (event) => {
    const heap = event.features[0];
    const zoom = await map.getSource("cases").getClusterExpansionZoom(heap.properties.cluster_id);
    map.easeTo({ center: heap.geometry.coordinates, zoom });
  });
  for (const id of ["case-points", "case-heaps"]) {
    map.on("mouseenter", id, () => map.getCanvas().classList.add("map-hand"));
    map.on("mouseleave", id, () => map.getCanvas().classList.remove("map-hand"));
  }
  document.addEventListener("focusin", chooseInList, { signal });
  document.addEventListener("pointerover", chooseInList, { signal });
  box.addEventListener("map:theme", () => repaint(map, tones(box)));
  box.addEventListener("map:cases", ({ detail }) => {
    keep(detail);
    map.getSource("cases").setData(detail);
  });
}
