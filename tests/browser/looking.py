"""What is wrong with a page that is open: seen by axe, by the console and by the eye's rules."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from axe_playwright_python.base import AXE_FILE_PATH
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, Request

_WATCH = """
window.__refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.__refused.push(`${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
#: The kinds of elements of a page: two pages alike in these are alike for axe and for a narrow screen.
_BUILD = """() => [...new Set([...document.body.querySelectorAll("*")].map(
  (one) => `${one.localName}.${[...one.classList].sort().join(".")}#${one.type ?? ""}`))].sort().join(" ")"""
_TEXTS = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [];
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const box = node.parentElement;
    if (box.closest("script, style, code, pre, kbd, [lang='en'], .notranslate")) continue;
    if (node.data.trim() && box.checkVisibility()) found.push(node.data.trim());
  }
  return found;
}"""
_AXE = """async (options) => (await axe.run(document, options)).violations.map((one) => ({
  id: one.id, impact: one.impact, nodes: one.nodes.slice(0, 3).map((node) => `${node.target} ${node.failureSummary}`)}))"""
_WIDE = """() => {
  const wide = document.scrollingElement.scrollWidth;
  if (wide <= innerWidth) return [];
  const held = (one) => {
    for (let box = one.parentElement; box && box !== document.body; box = box.parentElement)
      if (getComputedStyle(box).overflowX !== "visible") return true;
    return false;
  };
  const out = [...document.body.querySelectorAll("*")].filter(
    (one) => one.getBoundingClientRect().right > innerWidth + 0.5 && !held(one));
  return [`${wide} px`, ...out.slice(0, 6).map((one) => `${one.localName}.${one.className} ${one.textContent.slice(0, 30)}`)];
}"""
#: A map is drawn when it comes into view; until then it waits.
_MAPS_SETTLED = """() => [...document.querySelectorAll("[data-map]")].every(
  (one) => ["waiting", "ready", "failed"].includes(one.dataset.mapState))"""
#: A fading that ends may start another one within: until there is none left.
_STILL = """async () => {
  for (let turn = 0; turn < 20; turn++) {
    await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
    const all = document.getAnimations().filter((one) => one.effect.getComputedTiming().endTime !== Infinity);
    if (!all.length) return;
    for (const one of all) one.finish();
  }
}"""
_FOUR_WORDS = re.compile(r"(?:[A-Za-z][A-Za-z'’-]*[ ,]+){3,}[A-Za-z]+")


@dataclass
class Watch:
    """A page whose console, policy and requests are listened to."""

    page: Page
    own: str
    heard: list[str] = field(default_factory=list)

    @classmethod
    def on(cls, context: BrowserContext, own: str) -> Watch:
        """Open a page in a window; ``own`` is the address of the server."""
        context.add_init_script(_WATCH)
        context.add_init_script(path=AXE_FILE_PATH)
        watch = cls(context.new_page(), urlsplit(own).netloc)
        watch.page.on("console", watch._console)
        watch.page.on("pageerror", lambda error: watch.heard.append(f"error: {error}"))
        watch.page.on("request", watch._request)
        return watch

    def open(self, path: str) -> int:
        """Open an address and return the status of its answer."""
        self.heard.clear()
        answer = self.page.goto(path)
        assert answer is not None
        if self.page.locator("[data-map]").count():
            self.page.wait_for_function(_MAPS_SETTLED)
        return answer.status

    def complaints(self) -> list[str]:
        """Return what console, policy and requests said since the page was opened."""
        refused = self.page.evaluate("() => window.__refused")
        return [*self.heard, *(f"policy: {one}" for one in refused)]

    def build(self) -> str:
        """Return the kinds of elements of the page."""
        return str(self.page.evaluate(_BUILD))

    def english(self) -> list[str]:
        """Return visible sentences that nobody translated."""
        return [text for text in self.page.evaluate(_TEXTS) if _FOUR_WORDS.search(text)]

    def axe(self, rules: Sequence[str] = ()) -> list[Any]:
        """Return what axe finds; all rules, or these."""
        options: dict[str, Any] = {"resultTypes": ["violations"]}
        if rules:
            options["runOnly"] = {"type": "rule", "values": list(rules)}
        found: list[Any] = self.page.evaluate(_AXE, options)
        return found

    def scheme(self, name: str) -> None:
        """Turn the lights on or off and let every fading come to its end."""
        self.page.emulate_media(color_scheme=name)  # type: ignore[arg-type]
        self.page.evaluate(_STILL)

    def too_wide(self) -> list[str]:
        """Return what sticks out to the right."""
        found: list[str] = self.page.evaluate(_WIDE)
        return found

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and "GL Driver Message" not in message.text:
            self.heard.append(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme in {"http", "https", "ws", "wss"} and parts.netloc != self.own:
            self.heard.append(f"request to {request.url}")
