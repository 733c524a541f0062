// Photos are made smaller before they are sent and shown at once; a voice note can be recorded here.

const LONGEST = 2048;
const QUALITY = 0.85;
const SMALL = 400000;

async function smaller(file) {
  if (file.size < SMALL || !window.createImageBitmap) return file;
  try {
    const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, LONGEST / Math.max(picture.width, picture.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.round(picture.width * scale);
    canvas.height = Math.round(picture.height * scale);
    canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg", QUALITY));
    if (!blob || blob.size >= file.size) return file;
    return new File([blob], file.name.replace(/\.\w+$/, ".jpg"), { type: "image/jpeg" });
  } catch {
    return file; // a format this browser cannot read; the server says whether it can
  }
}

function put(input, files) {
  const box = new DataTransfer();
  for (const file of files) box.items.add(file);
  input.files = box.files;
}

function preview(file, words, remove) {
  const item = document.createElement("li");
  const picture = document.createElement("img");
  picture.src = URL.createObjectURL(file);
  picture.alt = file.name;
  picture.addEventListener("load", () => URL.revokeObjectURL(picture.src));
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn btn-bare btn-wide";
  button.textContent = words;
  button.addEventListener("click", remove);
  item.append(picture, button);
  return item;
}

function startPhoto(field) {
  const input = field.querySelector("input[type=file]");
  const list = field.querySelector("[data-previews]");
  const most = Number(field.dataset.most);
  let files = [];
  const show = () => {
    put(input, files);
    list.replaceChildren(
      ...files.map((file) =>
        preview(file, field.dataset.remove, () => {
          files = files.filter((other) => other !== file);
          show();
          input.focus();
        }),
      ),
    );
  };
  input.addEventListener("change", async () => {
    const chosen = await Promise.all([...input.files].map(smaller));
    files = [...files, ...chosen].slice(0, most);
    show();
  });
}

export function startPhotos() {
  if (!window.DataTransfer) return;
  for (const field of document.querySelectorAll("[data-photos]:not([data-on])")) {
    field.dataset.on = "1";
    startPhoto(field);
  }
}

function kindOfSound() {
  return ["audio/mp4", "audio/webm", "audio/ogg"].find((kind) => MediaRecorder.isTypeSupported(kind));
}

async function record(parts, most, onEnd) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true });
  const recorder = new MediaRecorder(stream, { mimeType: kindOfSound() });
  const chunks = [];
  const begun = Date.now();
  const timer = setInterval(() => {
    const seconds = Math.round((Date.now() - begun) / 1000);
    parts.seconds.textContent = `0:${String(seconds).padStart(2, "0")}`;
    if (seconds >= most) recorder.stop();
  }, 250);
  recorder.addEventListener("dataavailable", ({ data }) => chunks.push(data));
  recorder.addEventListener("stop", () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
    onEnd(new Blob(chunks, { type: recorder.mimeType }));
  });
  recorder.start();
  return recorder;
}

function startRecorder(field) {
  const parts = {
    button: field.querySelector("[data-record]"),
    seconds: field.querySelector("[data-seconds]"),
    sound: field.querySelector("audio"),
    input: field.querySelector("input[type=file]"),
  };
  const words = parts.button.querySelector("span");
  let recorder = null;
  parts.button.hidden = false;
  field.dataset.ready = "1";
  const keep = (blob) => {
    recorder = null;
    const end = blob.type.includes("mp4") ? "m4a" : blob.type.includes("ogg") ? "ogg" : "webm";
    put(parts.input, [new File([blob], `voice.${end}`, { type: blob.type })]);
    parts.sound.src = URL.createObjectURL(blob);
    parts.sound.hidden = false;
    words.textContent = field.dataset.again;
  };
  parts.button.addEventListener("click", async () => {
    if (recorder) {
      recorder.stop();
      return;
    }
    try {
      recorder = await record(parts, Number(field.dataset.most), keep);
      words.textContent = field.dataset.stop;
    } catch {
      delete field.dataset.ready;
      parts.button.hidden = true; // no microphone, or not allowed: a file can still be chosen
      parts.input.focus();
    }
  });
}

export function startVoice() {
  if (!window.MediaRecorder || !navigator.mediaDevices || !window.DataTransfer) return;
  for (const field of document.querySelectorAll("[data-voice]:not([data-on])")) {
    field.dataset.on = "1";
    startRecorder(field);
  }
}
