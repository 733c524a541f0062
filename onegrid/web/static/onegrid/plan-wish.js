// The form of a draft: numbers beside the sliders, and the sentence that follows what is chosen.

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
