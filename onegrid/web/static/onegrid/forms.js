// Forms are sent once, leaving a half-filled one asks first, and standard texts fill their field.

const unsaved = new Set();

function guard(form) {
  form.addEventListener("input", () => unsaved.add(form));
  form.addEventListener("submit", () => unsaved.delete(form));
}

function sendOnce(event) {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.dataset.display) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "1";
  event.submitter?.classList.add("busy");
  event.submitter?.setAttribute("aria-disabled", "true");
}

// A page that comes back from the history may be sent again.
function sendAgain() {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
  for (const button of document.querySelectorAll("button.busy")) {
    button.classList.remove("busy");
    button.removeAttribute("aria-disabled");
  }
}

function fill(event) {
  const select = event.target.closest?.("select[data-fill]");
  const target = select && document.getElementById(select.dataset.fill);
  if (!target || !select.value) return;
  target.value = select.value;
  target.focus();
}

function locate(button) {
  button.hidden = false;
  button.addEventListener("click", () => {
    button.classList.add("busy");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        button.classList.remove("busy");
        const place = { lon: coords.longitude, lat: coords.latitude };
        for (const [name, value] of Object.entries(place)) {
          const field = document.getElementById(`f-${name}`);
          if (field) field.value = value.toFixed(6);
        }
        document.dispatchEvent(new CustomEvent("onegrid:place", { detail: place }));
      },
      () => button.classList.remove("busy"),
      { enableHighAccuracy: true, timeout: 10000 },
    );
  });
}

export function startForms() {
  for (const form of document.querySelectorAll("form[data-guard]")) guard(form);
  if (navigator.geolocation) {
    for (const button of document.querySelectorAll("[data-locate]")) locate(button);
  }
  document.addEventListener("submit", sendOnce);
  document.addEventListener("change", fill);
  window.addEventListener("pageshow", sendAgain);
  window.addEventListener("beforeunload", (event) => {
    if (unsaved.size) event.preventDefault();
  });
}
