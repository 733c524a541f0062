// The form of a draft: numbers beside the sliders, what will happen, and which grids could stay.

const WAIT_MS = 350;
const form = document.querySelector("form:has([data-will])");
const place = document.querySelector("[data-will]");
let waiting = 0;

function showNumbers() {
  for (const output of form.querySelectorAll("[data-value]")) {
    output.textContent = document.getElementById(output.htmlFor.value).value;
  }
}

async function say() {
  const query = new URLSearchParams(new FormData(form));
  for (const name of ["key", "csrfmiddlewaretoken", "assumptions", "name"]) query.delete(name);
  const answer = await fetch(`${place.dataset.will}?${query}`, { credentials: "same-origin" });
  if (answer.ok) place.innerHTML = await answer.text();
}

form?.addEventListener("input", () => {
  showNumbers();
  clearTimeout(waiting);
  waiting = setTimeout(() => say().catch((error) => console.warn("plan:", error)), WAIT_MS);
});

// What an area brings with it: the grids that could stay, and its stations.
async function renew(name, scope) {
  const box = document.querySelector(`[data-${name}]`);
  if (!box) return;
  const typed = form.elements.station?.value ?? "";
  const asked = `${box.dataset[name]}&scope_id=${encodeURIComponent(scope)}&station=${typed}`;
  const answer = await fetch(asked, { credentials: "same-origin" });
  if (answer.ok) box.innerHTML = await answer.text();
}

form?.elements.scope_id?.addEventListener("change", (event) => {
  // With a layer the cut is another one too: let the page be made anew with what was typed.
  if (form.elements.layer) form.querySelector("[name=look]")?.click();
  else for (const name of ["frozen", "station"]) renew(name, event.target.value).catch((error) => console.warn("plan:", error));
});
