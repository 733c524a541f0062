// Large print and theme at once, without loading the page again; the same cookies as the server's.

const YEAR = 31536000;

function remember(name, value) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${value}; Path=/; Max-Age=${YEAR}; SameSite=Lax${secure}`;
}

function chooseElder(button) {
  const on = button.value === "1";
  document.documentElement.toggleAttribute("data-elder", on);
  button.value = on ? "0" : "1";
  button.setAttribute("aria-pressed", String(on));
  remember("elder", on ? "1" : "0");
}

function chooseTheme(button) {
  const root = document.documentElement;
  if (button.value === "auto") delete root.dataset.theme;
  else root.dataset.theme = button.value;
  for (const other of button.form.querySelectorAll("button")) {
    other.setAttribute("aria-pressed", String(other === button));
  }
  remember("theme", button.value);
}

export function startDisplay() {
  for (const form of document.querySelectorAll("form[data-display]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const choose = form.dataset.display === "elder" ? chooseElder : chooseTheme;
      choose(event.submitter ?? form.querySelector("button"));
    });
  }
}
