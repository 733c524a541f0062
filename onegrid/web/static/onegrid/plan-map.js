// A plan on the map: drafted grids as colours, today's as dashed lines, buildings as dots.
//
// The words of a grid come from the server; here they are only shown. `shape` is what changes with
// the plan: {version, labels, colours, grids}; the buildings and today's grids stay.

const COLOURS = 8;
const HATCH = 10;
const CHOSEN = ["boolean", ["feature-state", "chosen"], false];

function palette(box) {
  const css = getComputedStyle(box);
  const of = (name) => css.getPropertyValue(name).trim();
  return {
    of: Array.from({ length: COLOURS }, (_, n) => of(`--plan-${n}`)),
    none: of("--plan-none"), line: of("--plan-line"), today: of("--plan-today"), wrong: of("--plan-wrong"),
    text: of("--map-text"), halo: of("--map-halo"),
  };
}

// Radius by households; while only dots are known they are larger.
const PREVIEW = 2.4;
function dots(times) {
  const size = (pixels) => ["*", times * pixels, ["max", 1.1, ["sqrt", ["get", "homes"]]]];
  return ["interpolate", ["exponential", 2], ["zoom"], 12, size(0.16), 15, size(0.7), 18, size(2.8)];
}

const tone = (p) => ["match", ["get", "colour"], ...p.of.flatMap((colour, n) => [n, colour]), p.none];

function hatch(colour) {
  const canvas = document.createElement("canvas");
  canvas.width = canvas.height = HATCH;
  const pen = canvas.getContext("2d");
  pen.strokeStyle = colour;
  pen.lineWidth = 2.5;
  pen.beginPath();
  for (const shift of [-HATCH, 0, HATCH]) {
    pen.moveTo(shift, HATCH);
    pen.lineTo(shift + HATCH, 0);
  }
  pen.stroke();
  return pen.getImageData(0, 0, HATCH, HATCH);
}

function layers(p, font) {
  return [
    { id: "plan-fill", type: "fill", source: "plan", paint: { "fill-color": tone(p), "fill-opacity": ["case", CHOSEN, 0.62, 0.4] } },
    { id: "plan-wrong", type: "fill", source: "plan", filter: ["==", ["get", "wrong"], true], paint: { "fill-pattern": "plan-hatch" } },
    { id: "plan-line", type: "line", source: "plan", layout: { "line-join": "round" }, paint: { "line-color": p.line, "line-width": ["case", CHOSEN, 4.5, 1.6] } },
    {
      id: "plan-today", type: "line", source: "today", layout: { "line-join": "round" },
      paint: { "line-color": p.today, "line-width": 1.8, "line-dasharray": [3, 2.5] },
    },
    {
      id: "plan-homes", type: "circle", source: "homes",
      paint: {
        "circle-color": tone(p), "circle-stroke-color": p.line, "circle-stroke-width": 0.8,
        "circle-radius": dots(1),
      },
    },
    {
      id: "plan-stations", type: "circle", source: "stations",
      paint: { "circle-color": p.halo, "circle-stroke-color": p.wrong, "circle-stroke-width": 3, "circle-radius": 6 },
    },
    {
      id: "plan-station-names", type: "symbol", source: "stations", minzoom: 13.2,
      layout: { "text-field": ["get", "name"], "text-font": font, "text-size": 12, "text-max-width": 9, "text-anchor": "top", "text-offset": [0, 0.8] },
      paint: { "text-color": p.wrong, "text-halo-color": p.halo, "text-halo-width": 2 },
    },
    {
      id: "plan-names", type: "symbol", source: "plan", minzoom: 13.2,
      layout: { "text-field": ["get", "name"], "text-font": font, "text-size": 13, "text-max-width": 7, "text-padding": 6 },
      paint: { "text-color": p.text, "text-halo-color": p.halo, "text-halo-width": 2 },
    },
  ];
}

function inside([x, y], ring) {
  let found = false;
  for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
    const [a, b] = [ring[i], ring[j]];
    if (a[1] > y !== b[1] > y && x < ((b[0] - a[0]) * (y - a[1])) / (b[1] - a[1]) + a[0]) found = !found;
  }
  return found;
}

async function load(address) {
  const answer = await fetch(address, { headers: { Accept: "application/json" }, credentials: "same-origin" });
  if (!answer.ok) throw new Error(`${answer.status} ${address}`);
  return answer.json();
}

export class PlanMap {
  static async on(map, box) {
    const plan = new PlanMap(map, box);
    const [homes, today, shape] = await Promise.all([box.dataset.homes, box.dataset.today, plan.address].map(load));
    plan.homes = homes;
    plan.draw(today);
    plan.show(shape);
    return plan;
  }

  constructor(map, box) {
    this.map = map;
    this.box = box;
    this.shape = { version: -1, labels: [], colours: {}, grids: null };
    this.pinned = null;
    this.chosen = null;
  }

  // Colours that are shown stay, as far as neighbours still differ.
  get address() {
    const had = Object.entries(this.shape.colours).map((pair) => pair.join("-")).join(".");
    return `${this.box.dataset.plan}?had=${had}`;
  }

  draw(today) {
    const { map, box } = this;
    const nothing = { type: "FeatureCollection", features: [] };
    const p = palette(box);
    map.addImage("plan-hatch", hatch(p.wrong));
    map.addSource("today", { type: "geojson", data: today });
    map.addSource("plan", { type: "geojson", data: nothing, promoteId: "number" });
    map.addSource("homes", { type: "geojson", data: nothing });
    map.addSource("stations", { type: "geojson", data: nothing });
    for (const layer of layers(p, map.getLayoutProperty("name-road", "text-font"))) {
      map.addLayer(layer, /names|stations/.test(layer.id) ? undefined : "name-road");
    }
    for (const id of ["edge-grid", "name-grid"]) map.setLayoutProperty(id, "visibility", "none");
    box.addEventListener("map:theme", () => this.repaint());
    map.on("mousemove", (event) => this.point(event.point));
    map.on("mouseout", () => this.choose(this.pinned));
  }

  repaint() {
    const p = palette(this.box);
    for (const { id, paint } of layers(p, [])) {
      for (const [name, value] of Object.entries(paint)) {
        if (name.endsWith("color")) this.map.setPaintProperty(id, name, value);
      }
    }
    this.map.updateImage("plan-hatch", hatch(p.wrong));
  }

  show(shape) {
    this.shape = shape;
    this.map.setPaintProperty("plan-homes", "circle-radius", dots(1));
    this.map.getSource("plan").setData(shape.grids);
    this.map.getSource("stations").setData(shape.stations);
    this.recolour(shape.labels, shape.colours);
    this.choose(this.pinned);
  }

  recolour(labels, colours) {
    const { id, lon, lat, homes } = this.homes;
    const features = id.map((_, n) => ({
      type: "Feature", id: n, geometry: { type: "Point", coordinates: [lon[n], lat[n]] },
      properties: { homes: homes[n], colour: colours[labels[n]] ?? -1 },
    }));
    this.map.getSource("homes").setData({ type: "FeatureCollection", features });
  }

  // While the planner runs only the dots are known.
  preview(labels, colours) {
    this.shape = { ...this.shape, version: -1, colours };
    this.map.getSource("plan").setData({ type: "FeatureCollection", features: [] });
    this.map.setLayoutProperty("plan-today", "visibility", "none");
    this.map.setPaintProperty("plan-homes", "circle-radius", dots(PREVIEW));
    this.recolour(labels, colours);
  }

  async refresh() {
    this.show(await load(this.address));
  }

  toggle(name, on) {
    const ids = { today: ["plan-today"], homes: ["plan-homes"], stations: ["plan-stations", "plan-station-names"], grids: ["plan-fill", "plan-wrong", "plan-line", "plan-names"] }[name];
    for (const id of ids) this.map.setLayoutProperty(id, "visibility", on ? "visible" : "none");
  }

  gridAt(point) {
    return this.map.queryRenderedFeatures(point, { layers: ["plan-fill"] })[0]?.properties.number ?? null;
  }

  homeAt({ x, y }) {
    const reach = 12;
    const near = this.map.queryRenderedFeatures([[x - reach, y - reach], [x + reach, y + reach]], { layers: ["plan-homes"] });
    const far = ({ id }) => {
      const at = this.map.project([this.homes.lon[id], this.homes.lat[id]]);
      return Math.hypot(at.x - x, at.y - y);
    };
    return near.sort((a, b) => far(a) - far(b))[0]?.id ?? null;
  }

  homesIn(ring) {
    const { lon, lat } = this.homes;
    return lon.flatMap((_, n) => {
      const { x, y } = this.map.project([lon[n], lat[n]]);
      return inside([x, y], ring) ? [n] : [];
    });
  }

  // The whole compounds of some buildings; what stands alone stays alone.
  wholeCompounds(found) {
    const { compound } = this.homes;
    const names = new Set(found.map((n) => compound[n]).filter(Boolean));
    return compound.flatMap((name, n) => (names.has(name) ? [n] : [])).concat(found.filter((n) => !compound[n]));
  }

  point(at) {
    if (this.pinned === null) this.choose(this.gridAt(at));
  }

  pin(number) {
    this.pinned = number;
    this.choose(number);
  }

  choose(number) {
    const found = this.shape.grids?.features.find(({ properties }) => properties.number === number);
    if (this.chosen !== null) this.map.setFeatureState({ source: "plan", id: this.chosen }, { chosen: false });
    this.chosen = found ? number : null;
    if (found) this.map.setFeatureState({ source: "plan", id: number }, { chosen: true });
    this.tell(found?.properties);
  }

  tell(known) {
    const card = this.box.querySelector("[data-plan-card]");
    card.hidden = !known;
    if (!known) return;
    card.querySelector("strong").textContent = known.name;
    card.querySelector("p").textContent = known.words;
    card.querySelector("[data-wrong]").textContent = known.trouble;
    const link = card.querySelector("a");
    link.href = known.href;
    link.hidden = this.pinned === null;
  }
}
