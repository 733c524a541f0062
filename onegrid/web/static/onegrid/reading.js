// Reads a part of the page aloud where the browser can.

function start(button) {
  const words = button.querySelector("span");
  const idle = words.textContent;
  const done = () => {
    words.textContent = idle;
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    if (speechSynthesis.speaking) {
      speechSynthesis.cancel();
      done();
      return;
    }
    const text = document.getElementById(button.dataset.read)?.innerText ?? "";
    const speech = new SpeechSynthesisUtterance(text);
    speech.lang = document.documentElement.lang.startsWith("zh") ? "zh-CN" : "en";
    speech.rate = 0.9;
    speech.addEventListener("end", done);
    words.textContent = button.dataset.stop;
    speechSynthesis.speak(speech);
  });
}

export function startReading() {
  if (!window.speechSynthesis || !window.SpeechSynthesisUtterance) return;
  for (const button of document.querySelectorAll("[data-read]:not([data-on])")) {
    button.dataset.on = "1";
    start(button);
  }
}
