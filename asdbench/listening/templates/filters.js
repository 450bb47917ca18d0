// The list of clips, what it is filtered by, and the clip that is looked at.
const KINDS = 30; // values of a tag, at most, as on the board

function options(id, entries) {
  byId(id).replaceChildren(...entries.map(([value, words]) => html("option", { value }, words)));
  if (!entries.some(([value]) => value === state[id])) state[id] = entries[0][0];
  byId(id).value = state[id];
}

function distinct(values) {
  return [...new Set(values)].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}

function offer() {
  const here = drawn.clips.filter((clip) => clip.subset === state.subset);
  options("subset", drawn.subsets.map((name) => [name, name]));
  const every = here.some((clip) => clip.byAll) ? [[EVERY, "all of them"]] : [];
  options("row", [...every, ...drawn.rows.map((label) => [label, label])]);
  byId("kind").value = state.kind;
  const types = distinct(here.map((clip) => clip.machine));
  const ids = (type) => distinct(here.filter((clip) => clip.machine === type).map((clip) => clip.id));
  const machines = types.flatMap((type) => [[type, `${type}, all IDs`], ...ids(type).map((id) => [`${type}/${id}`, `${type} ${id}`])]);
  options("machine", [["", "all"], ...machines]);
  const tags = tagsToChoose(here);
  options("tag", [["", "any"], ...tags.map((tag) => [tag, tag])]);
  byId("subset-named").hidden = drawn.subsets.length < 2;
  byId("tag-named").hidden = !tags.length;
}

// What tells nearly every clip from the others, as the place that it was cut from, is no kind.
function tagsToChoose(clips) {
  const values = {};
  for (const clip of clips) for (const [name, value] of Object.entries(clip.tags)) (values[name] ??= new Set()).add(value);
  const few = new Set(Object.keys(values).filter((name) => values[name].size <= KINDS));
  return distinct(clips.flatMap((clip) => Object.entries(clip.tags).filter(([name]) => few.has(name)).map(([name, value]) => `${name}: ${value}`)));
}

function entry(i) {
  const clip = drawn.clips[i];
  const drawing = clip.file
    ? html("img", { src: `pictures/${clip.file}.webp`, alt: "", loading: "lazy" })
    : html("span", { class: "no-picture" });
  const kind = clip.anomalous ? "anomalous, low" : "normal, high";
  const what = html("span", { class: "what" }, html("span", { class: kindOf(clip) }, kind), ...tagsOf(clip).map((tag) => ` · ${tag}`));
  const said = html("span", { class: "by", title: "wrong by" }, `${wrongBy(clip).toFixed(0)} %`);
  const button = html("button", { type: "button" }, drawing, html("span", { class: "of" }, `${clip.machine} ${clip.id}`), said, what);
  button.addEventListener("click", () => look(i));
  return html("li", { "data-clip": i }, button);
}

function list() {
  const found = wanted();
  byId("list").replaceChildren(...found.map(entry));
  byId("found").textContent = found.length === 1 ? "1 clip, the most wrong first" : `${found.length} clips, the most wrong first`;
  byId("clip").hidden = !found.length;
  if (!found.length) state.clip = -1;
  if (found.length) look(found.includes(state.clip) ? state.clip : found[0], false);
  writeAddress();
}

function look(i, chosen = true) {
  const clip = drawn.clips[i];
  state.clip = i;
  byId("title").textContent = `${clip.machine} ${clip.id}: ${clip.anomalous ? "an anomalous clip that scores low" : "a normal clip that scores high"}`;
  byId("verdict").replaceChildren(...verdict(clip));
  byId("tags").replaceChildren(...tagsOf(clip).map((tag) => html("span", { class: "tag" }, tag)));
  byId("name").textContent = clip.name;
  showHeard(byId("heard"), clip, `${clip.machine} ${clip.id}, ${clip.name}`);
  showOpinions(clip);
  showOrdinary(clip);
  sayPlaying();
  const found = wanted();
  byId("place").textContent = `${found.indexOf(i) + 1} of ${found.length}`;
  byId("previous").disabled = i === found[0];
  byId("next").disabled = i === found.at(-1);
  for (const item of all("#list li")) {
    const button = item.firstElementChild;
    if (Number(item.dataset.clip) !== i) button.removeAttribute("aria-current");
    else {
      button.setAttribute("aria-current", "true");
      if (chosen) item.scrollIntoView({ block: "nearest" });
    }
  }
  if (!chosen) return;
  writeAddress();
  if (byId("at-once").checked) play(soundIn("heard"));
}

function verdict(clip) {
  const others = clip.anomalous ? "normal test clips score higher" : "anomalous test clips score lower";
  const by = html("b", {}, `${wrongBy(clip).toFixed(0)} %`);
  const whom = state.row === EVERY ? "even with the method that is least wrong" : `with ${state.row}`;
  return [by, ` of this ID's ${others} ${whom}.`];
}

function showOrdinary(clip) {
  const ordinary = ordinaryOf(clip);
  byId("ordinary-said").textContent = `The normal test clip of ${clip.machine} ${clip.id} that methods find least suspicious: ${ordinary.name}`;
  showHeard(byId("ordinary"), ordinary, `an ordinary clip of ${clip.machine} ${clip.id}`);
}

// The clip before or after this one in the list.
function step(by) {
  const found = wanted();
  const next = found.indexOf(state.clip) + by;
  if (next >= 0 && next < found.length) look(found[next]);
}
