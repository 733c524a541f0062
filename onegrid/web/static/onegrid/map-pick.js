// Choose a place: tap, or move the map by the arrow keys and press Enter to take its middle.

const DIGITS = 6;

function fields(box) {
  const form = box.closest("form") ?? document;
  return { lon: form.querySelector("#f-lon, [name=lon]"), lat: form.querySelector("#f-lat, [name=lat]") };
}

function speaker(box) {
  const line = document.createElement("p");
  line.className = "map-place";
  line.setAttribute("role", "status");
  box.append(line);
  return line;
}

export function letPick(maplibre, map, box, found) {
  const input = fields(box);
  const line = speaker(box);
  const pin = new maplibre.Marker({ color: getComputedStyle(box).getPropertyValue("--map-pin").trim() });
  let asked = 0;

  async function name(lon, lat) {
    const turn = ++asked;
    const answer = await fetch(`${found.place}?lon=${lon}&lat=${lat}`, { credentials: "same-origin" });
    const place = await answer.json();
    if (turn !== asked) return;
    box.toggleAttribute("data-bad", !answer.ok);
    line.textContent = answer.ok ? found.words.picked.replace("%(place)s", place.label) : place.message;
    box.dispatchEvent(new CustomEvent("map:place", { bubbles: true, detail: { ok: answer.ok, lon, lat, place } }));
  }

  function take({ lng, lat }) {
    const [x, y] = [lng.toFixed(DIGITS), lat.toFixed(DIGITS)];
    pin.setLngLat([lng, lat]).addTo(map);
    if (input.lon) input.lon.value = x;
    if (input.lat) input.lat.value = y;
    name(x, y).catch(() => {
      line.textContent = found.words.outside;
    });
  }

  map.on("click", (event) => take(event.lngLat));
  map.getCanvas().addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    take(map.getCenter());
  });
  box.addEventListener("map:set", ({ detail }) => {
    map.jumpTo({ center: [detail.lon, detail.lat], zoom: Math.max(map.getZoom(), 16) });
    take({ lng: Number(detail.lon), lat: Number(detail.lat) });
  });
  addLocate(maplibre, map, take, found);
  if (input.lon?.value && input.lat?.value) {
    const start = { lng: Number(input.lon.value), lat: Number(input.lat.value) };
    map.jumpTo({ center: start, zoom: 16 });
    take(start);
  }
}

function addLocate(maplibre, map, take, found) {
  if (!navigator.geolocation) return;
  const control = new maplibre.GeolocateControl({
    positionOptions: { enableHighAccuracy: true, timeout: 8000 }, showUserLocation: false,
    fitBoundsOptions: { maxZoom: 17 },
  });
  control.on("geolocate", ({ coords }) => take({ lng: coords.longitude, lat: coords.latitude }));
  map.addControl(control, "top-right");
  map.getContainer().querySelector(".maplibregl-ctrl-geolocate")?.setAttribute("aria-label", found.words.locate);
}
