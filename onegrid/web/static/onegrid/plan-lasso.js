// Drawing a box or a loop on the map with mouse, pen or finger; the map stands still meanwhile.

const SVG = "http://www.w3.org/2000/svg";
const LEAST_PIXELS = 6;

function corners([ax, ay], [bx, by]) {
  return [[ax, ay], [bx, ay], [bx, by], [ax, by]];
}

export function letDraw(map, kindOf, done) {
  const ground = map.getCanvasContainer();
  const line = document.createElementNS(SVG, "polygon");
  const sheet = document.createElementNS(SVG, "svg");
  sheet.setAttribute("class", "plan-lasso");
  sheet.setAttribute("aria-hidden", "true");
  sheet.append(line);
  let ring = null;

  const spot = (event) => {
    const frame = ground.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  };
  const shape = () => (kindOf() === "box" ? corners(ring[0], ring.at(-1)) : ring);
  const end = () => {
    ring = null;
    sheet.remove();
  };

  ground.addEventListener("pointerdown", (event) => {
    if (!kindOf() || !event.isPrimary || event.button) return;
    ring = [spot(event)];
    ground.setPointerCapture(event.pointerId);
    ground.append(sheet);
  });
  ground.addEventListener("pointermove", (event) => {
    if (!ring || !event.isPrimary) return;
    ring.push(spot(event));
    line.setAttribute("points", shape().map((point) => point.join(",")).join(" "));
  });
  ground.addEventListener("pointerup", () => {
    if (!ring) return;
    const found = shape();
    const [a, b] = [ring[0], ring.at(-1)];
    const wide = ring.length > 2 && (kindOf() === "lasso" || Math.hypot(a[0] - b[0], a[1] - b[1]) > LEAST_PIXELS);
    end();
    if (wide) done(found);
  });
  ground.addEventListener("pointercancel", end);
}
