// Keeps the words of [data-due] current; the colour follows the share of time used, as on the server.

const EVERY = 20000;
const YELLOW = 0.7;
const BLACK = 3;

function say(milliseconds, words) {
  const minutes = Math.floor(Math.abs(milliseconds) / 60000);
  const days = Math.floor(minutes / 1440);
  const hours = Math.floor(minutes / 60) % 24;
  const parts = [];
  if (days) parts.push(words.wordsDay.replace("{n}", days));
  if (hours) parts.push(words.wordsHour.replace("{n}", hours));
  if (!days && (minutes % 60 || !hours)) parts.push(words.wordsMinute.replace("{n}", minutes % 60));
  return parts.join(document.documentElement.lang.startsWith("zh") ? "" : " ");
}

function levelOf(due, start, now) {
  const share = start && due > start ? (now - start) / (due - start) : null;
  if (share === null) return now >= due ? "red" : now >= due - 3600000 ? "yellow" : "green";
  if (share >= BLACK) return "black";
  return share >= 1 ? "red" : share >= YELLOW ? "yellow" : "green";
}

const ICONS = { green: "clock", yellow: "hourglass", red: "triangle-alert", black: "siren" };

function refresh(chip, now, words) {
  const due = Date.parse(chip.dataset.due);
  const start = chip.dataset.start ? Date.parse(chip.dataset.start) : null;
  const template = now > due ? words.wordsLate : words.wordsLeft;
  const text = template.replace("{time}", say(due - now, words));
  const place = chip.querySelector(".words");
  if (place.textContent !== text) place.textContent = text;
  const level = levelOf(due, start, now);
  if (chip.classList.contains(`chip-${level}`)) return;
  chip.classList.remove("chip-green", "chip-yellow", "chip-red", "chip-black");
  chip.classList.add(`chip-${level}`);
  const use = chip.querySelector("use");
  use.setAttribute("href", use.getAttribute("href").replace(/#.*/, `#${ICONS[level]}`));
}

export function startClocks() {
  const tick = () => {
    for (const chip of document.querySelectorAll("[data-due]")) {
      refresh(chip, Date.now(), document.body.dataset);
    }
  };
  setInterval(tick, EVERY);
  document.addEventListener("visibilitychange", () => document.hidden || tick());
}
