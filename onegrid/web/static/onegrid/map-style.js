// How the county is drawn: colours come from CSS custom properties, shapes from our own GeoJSON.

const COLOURS = [
  "land", "town", "green", "water", "road", "road-main", "road-edge", "rail", "border", "grid",
  "house", "house-public", "text", "text-soft", "halo",
];
const METRES_PER_PIXEL_AT_0 = 62757;
const ROAD_METRES = { 1: 24, 2: 14, 3: 6 };

export function colours(box) {
  const css = getComputedStyle(box);
  return Object.fromEntries(COLOURS.map((name) => [name, css.getPropertyValue(`--map-${name}`).trim()]));
}

function fonts(box) {
  return getComputedStyle(box).fontFamily.replaceAll('"', "").split(",").map((name) => name.trim());
}

// Line width that is right in metres from zoom 13 on, and never thinner than `least`.
function metres(wide, least, extra = 0) {
  const at = (zoom) => (wide * 2 ** zoom) / METRES_PER_PIXEL_AT_0 + extra;
  return ["interpolate", ["exponential", 2], ["zoom"], 11, least, 13, Math.max(least, at(13)), 18, at(18)];
}

function road(id, rank, c, edge) {
  const wide = ROAD_METRES[rank];
  const least = { 1: 1.2, 2: 0.5, 3: 0.1 }[rank];
  const fill = rank === 1 ? c["road-main"] : c.road;
  return {
    id, type: "line", source: "roads", minzoom: rank === 3 ? 13 : 10,
    filter: ["all", ["==", ["get", "kind"], "road"], ["==", ["get", "rank"], rank]],
    layout: { "line-cap": "round", "line-join": "round" },
    paint: { "line-color": edge ? c["road-edge"] : fill, "line-width": metres(wide, least, edge ? 1.6 : 0) },
  };
}

function label(id, source, c, rest) {
  return {
    id, type: "symbol", source, minzoom: rest.minzoom, maxzoom: rest.maxzoom ?? 24, filter: rest.filter ?? true,
    layout: {
      "text-field": rest.field ?? ["get", "name"], "text-font": rest.font, "text-size": rest.size,
      "text-max-width": 9, "text-padding": 4, ...rest.layout,
    },
    paint: { "text-color": rest.soft ? c["text-soft"] : c.text, "text-halo-color": c.halo, "text-halo-width": 1.6 },
  };
}

const level = (name) => ["==", ["get", "level"], name];

function grounds(c) {
  return [
    { id: "land", type: "background", paint: { "background-color": c.land } },
    {
      id: "county", type: "fill", source: "borders", filter: level("county"),
      paint: { "fill-color": c.town, "fill-opacity": 0.5 },
    },
    { id: "town", type: "fill", source: "borders", filter: level("community"), paint: { "fill-color": c.town } },
    {
      id: "ground", type: "fill", source: "ground",
      paint: { "fill-color": ["match", ["get", "kind"], "water", c.water, c.green] },
    },
  ];
}

function lines(c) {
  const edge = (id, name, colour, width, dash) => ({
    id, type: "line", source: name === "grid" ? "grids" : "borders", filter: level(name),
    minzoom: name === "grid" ? 12.5 : 0,
    layout: { "line-join": "round" },
    paint: { "line-color": colour, "line-width": width, "line-dasharray": dash, "line-opacity": 0.75 },
  });
  return [
    edge("edge-grid", "grid", c.grid, ["interpolate", ["linear"], ["zoom"], 13, 0.6, 17, 2], [3, 2]),
    edge("edge-community", "community", c.border, ["interpolate", ["linear"], ["zoom"], 11, 0.4, 13, 1.1, 16, 2.2], [1, 0]),
    edge("edge-street", "street", c.border, ["interpolate", ["linear"], ["zoom"], 9, 1, 16, 2.6], [4, 2]),
    edge("edge-county", "county", c.border, 2.2, [1, 0]),
  ];
}

function houses(c, solid) {
  const homes = ["in", ["get", "use"], ["literal", ["lane_house", "walk_up", "mid_rise", "tower", "high_slab"]]];
  const colour = ["case", homes, c.house, c["house-public"]];
  if (!solid) {
    return { id: "houses", type: "fill", source: "buildings", minzoom: 12.8, paint: { "fill-color": colour } };
  }
  return {
    id: "houses", type: "fill-extrusion", source: "buildings", minzoom: 12.8,
    paint: { "fill-extrusion-color": colour, "fill-extrusion-height": ["get", "h"], "fill-extrusion-opacity": 0.92 },
  };
}

function labels(c, font) {
  return [
    label("name-road", "roads", c, {
      font, size: 12, minzoom: 13.2, soft: true, filter: ["<", ["get", "rank"], 3],
      layout: { "symbol-placement": "line", "symbol-spacing": 380 },
    }),
    label("name-house", "buildings", c, { font, size: 11, minzoom: 16.4, soft: true }),
    label("name-green", "ground", c, { font, size: 12, minzoom: 13.6, soft: true }),
    label("name-grid", "grids", c, { font, field: ["get", "short"], size: 11.5, minzoom: 14.6, maxzoom: 16.4, soft: true }),
    label("name-community", "borders", c, { font, size: 14, minzoom: 11.6, maxzoom: 15.4, filter: level("community") }),
    label("name-street", "borders", c, { font, size: 14, minzoom: 8, maxzoom: 11.6, filter: level("street") }),
  ];
}

function layers(c, font, solid) {
  const rail = {
    id: "rail", type: "line", source: "roads", filter: ["==", ["get", "kind"], "rail"],
    paint: { "line-color": c.rail, "line-width": 2, "line-dasharray": [4, 2] },
  };
  const ranks = [3, 2, 1];
  return [
    ...grounds(c), ...ranks.map((rank) => road(`road-edge-${rank}`, rank, c, true)),
    ...ranks.map((rank) => road(`road-${rank}`, rank, c, false)),
    rail, houses(c, solid), ...lines(c), ...labels(c, font),
  ];
}

export function drawnStyle(found, box) {
  const from = (name) => ({ type: "geojson", data: new URL(found.layers[name], document.baseURI).href, tolerance: 0.3 });
  const names = ["ground", "roads", "borders", "grids", "buildings"];
  return {
    version: 8,
    sources: Object.fromEntries(names.map((name) => [name, from(name)])),
    layers: layers(colours(box), fonts(box), "solid" in box.dataset),
  };
}

// Put the colours of the present theme on a map that is already drawn.
export function paint(map, found, box) {
  for (const wanted of drawnStyle(found, box).layers) {
    for (const [name, value] of Object.entries(wanted.paint ?? {})) {
      if (name.endsWith("color")) map.setPaintProperty(wanted.id, name, value);
    }
  }
}
