// A clip's picture with its axes, and its sound: a line shows where it plays, a click goes there.
const HERTZ = [250, 500, 1000, 2000, 4000, 8000, 16000];
const mel = (hertz) => 2595 * Math.log10(1 + hertz / 700);

function showHeard(box, clip, said) {
  stop(box);
  if (!clip?.file) {
    box.replaceChildren(html("p", { class: "empty" }, "Its recording can't be read any more: no picture, no sound."));
    return;
  }
  const sound = html("audio", { controls: "", preload: "metadata", src: `sounds/${clip.file}.flac`, "aria-label": `Sound of ${said}` });
  const at = html("div", { class: "at" });
  at.hidden = true;
  const drawing = html("img", { src: `pictures/${clip.file}.webp`, alt: `Log-mel of ${said}` });
  const picture = html("div", { class: "picture" }, drawing, at);
  picture.addEventListener("click", (event) => {
    const { left, width } = picture.getBoundingClientRect();
    sound.currentTime = (clip.seconds * (event.clientX - left)) / width;
    play(sound);
  });
  box.replaceChildren(html("div", { class: "frame" }, hertz(), picture, seconds(clip)), sound);
  follow(sound, at, clip);
}

function hertz() {
  const top = drawn.rate / 2;
  const ticks = HERTZ.filter((tick) => tick <= top).map((tick) => {
    const said = html("span", {}, tick >= 1000 ? `${tick / 1000} kHz` : `${tick} Hz`);
    said.style.bottom = `${(100 * mel(tick)) / mel(top)}%`;
    return said;
  });
  return html("div", { class: "hertz", "aria-hidden": "true" }, ...ticks);
}

function seconds(clip) {
  const ticks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const value = Number((share * clip.seconds).toPrecision(3));
    const said = html("span", {}, share === 1 ? `${value} s` : `${value}`);
    said.style.left = `${100 * share}%`;
    return said;
  });
  return html("div", { class: "seconds", "aria-hidden": "true" }, ...ticks);
}

function follow(sound, at, clip) {
  const move = () => {
    at.hidden = sound.paused && sound.currentTime === 0;
    at.style.left = `${(100 * sound.currentTime) / clip.seconds}%`;
    if (!sound.paused) requestAnimationFrame(move);
  };
  for (const name of ["play", "pause", "seeked", "ended"]) sound.addEventListener(name, move);
  for (const name of ["play", "pause"]) sound.addEventListener(name, sayPlaying);
  sound.addEventListener("play", () => quieten(sound));
}

function soundIn(id) {
  return byId(id).querySelector("audio");
}

// One at a time.
function quieten(sound) {
  for (const other of all("audio")) if (other !== sound) other.pause();
}

function play(sound) {
  quieten(sound);
  sound?.play().catch(() => {}); // a browser may want a click first
}

function toggle(id) {
  const sound = soundIn(id);
  if (!sound || !sound.paused) sound?.pause();
  else play(sound);
}

function stop(box) {
  box.querySelector("audio")?.pause();
}

function sayPlaying() {
  byId("play").textContent = soundIn("heard")?.paused === false ? "Pause" : "Play";
}
