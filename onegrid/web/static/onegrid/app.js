// Small helps on every page. Nothing here is needed: each form and link works without it.

import { startClocks } from "./clocks.js";
import { startDisplay } from "./display.js";
import { startForms } from "./forms.js";
import { startPhotos, startVoice } from "./media.js";
import { startQueue } from "./queue.js";
import { startReading } from "./reading.js";
import { toast } from "./toast.js";

function startPrint() {
  for (const button of document.querySelectorAll("[data-print]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
}

function startCopy() {
  for (const button of document.querySelectorAll("[data-copy]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      toast(button.dataset.done, "success");
    });
  }
}

// Menus close by Escape, by a click elsewhere and when the focus leaves them.
function startMenus() {
  const close = (except) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (menu !== except) menu.open = false;
    }
  };
  document.addEventListener("click", (event) => close(event.target.closest("details.menu")));
  document.addEventListener("focusin", (event) => close(event.target.closest("details.menu")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    const open = document.querySelector("details.menu[open]");
    close(null);
    open?.querySelector("summary").focus();
  });
}

function startHtmx() {
  const failed = () => toast(document.body.dataset.wordsFailed, "error");
  document.addEventListener("htmx:error", failed);
  document.addEventListener("htmx:response:error", failed);
  document.addEventListener("htmx:after:swap", () => {
    startPhotos();
    startVoice();
    startQueue();
    startReading();
  });
}

document.documentElement.classList.add("js");
document.querySelector("[data-focus]")?.focus();
startDisplay();
startMenus();
startClocks();
startForms();
startPhotos();
startVoice();
startQueue();
startReading();
startPrint();
startCopy();
startHtmx();
