// Phone desk by keyboard: F2 and F8 press their buttons, Alt with a digit takes a suggestion.
// A building and an area of the list are one choice. Without this file the page works by Tab and Enter.

function press(event) {
  const wanted = event.altKey && /^[1-9]$/.test(event.key)
    ? document.querySelector(`[data-alt="${event.key}"]`)
    : document.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
  if (!wanted || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  if (wanted.matches("input")) wanted.focus();
  wanted.click();
}

function onePlace(event) {
  const other = { building: "area", area: "building" }[event.target.name];
  if (!other) return;
  for (const box of document.querySelectorAll(`input[name="${other}"]`)) box.checked = false;
}

document.addEventListener("keydown", press);
document.addEventListener("change", onePlace);
if (!document.querySelector("[data-focus]")) document.getElementById("f-phone")?.focus();
