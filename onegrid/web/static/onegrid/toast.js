// A short message in the corner; it is read out and goes by itself.

const SHOWN = 6000;

export function toast(text, kind = "info") {
  const box = document.querySelector("[data-toasts]");
  if (!box || !text) return;
  const note = document.createElement("div");
  note.className = `note note-${kind}`;
  const words = document.createElement("div");
  words.textContent = text;
  note.append(words);
  box.append(note);
  setTimeout(() => note.remove(), SHOWN);
}
