// Two small helps: one tap for “I am there now”, and the query code of a scanned receipt.

const send = document.querySelector("[data-locate-send]");

if (send) {
  document.addEventListener("onegrid:place", () => send.form?.requestSubmit());
}

// A QR code carries the query code behind “#”; it never leaves the browser in an address.
const form = document.querySelector("[data-lookup]");
const code = decodeURIComponent(location.hash.slice(1));

if (form && /^[0-9A-Za-z-]{16,19}$/.test(code)) {
  form.querySelector("[name=code]").value = code;
  history.replaceState(null, "", location.pathname + location.search);
}
