// What is shown: the clips, what of them is wanted, and which one is looked at.
const root = document.documentElement;
const drawn = JSON.parse(byId("drawn").textContent);
const EVERY = "*"; // in place of a row: what all of them get wrong
const state = { subset: drawn.subsets[0] ?? "", row: EVERY, kind: "", machine: "", tag: "", clip: -1 };

function rowPlace() {
  return drawn.rows.indexOf(state.row);
}

// By how much a clip is wrong, by the row looked at: by the least wrong one where it is all of them.
function wrongBy(clip, place = rowPlace()) {
  if (place >= 0) return clip.rows[place]?.[0] ?? 0;
  return Math.min(...clip.rows.filter(Boolean).map(([wrong]) => wrong));
}

function kindOf(clip) {
  return clip.anomalous ? "low" : "high";
}

function tagsOf(clip) {
  return Object.entries(clip.tags).map(([name, value]) => `${name}: ${value}`);
}

function isWorst(clip) {
  return state.row === EVERY ? clip.byAll : clip.worst.includes(rowPlace());
}

// The numbers of the clips that are wanted, the most wrong one first.
function wanted() {
  const of = (clip) => `${clip.machine}/${clip.id}`;
  const keep = (clip) =>
    clip.subset === state.subset &&
    isWorst(clip) &&
    (!state.kind || kindOf(clip) === state.kind) &&
    (!state.machine || clip.machine === state.machine || of(clip) === state.machine) &&
    (!state.tag || tagsOf(clip).includes(state.tag));
  const found = drawn.clips.map((clip, i) => i).filter((i) => keep(drawn.clips[i]));
  return found.sort((a, b) => wrongBy(drawn.clips[b]) - wrongBy(drawn.clips[a]));
}

function ordinaryOf(clip) {
  const same = (one) => one.ordinary && ["subset", "machine", "id"].every((name) => one[name] === clip[name]);
  return drawn.clips.find(same);
}

// The address says what is shown, so that it can be sent to somebody.
function readAddress() {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const name of ["subset", "row", "kind", "machine", "tag"]) state[name] = given.get(name) ?? state[name];
  if (!drawn.subsets.includes(state.subset)) state.subset = drawn.subsets[0];
  const shown = (clip) => clip.subset === state.subset && clip.byAll;
  if (state.row === EVERY && !drawn.clips.some(shown)) state.row = drawn.rows[0];
  if (state.row !== EVERY && rowPlace() < 0) state.row = EVERY;
  const name = given.get("clip");
  state.clip = name === null ? -1 : drawn.clips.findIndex((clip) => addressOf(clip) === name);
}

function addressOf(clip) {
  return [clip.machine, clip.id, clip.name].join("/");
}

function writeAddress() {
  const said = new URLSearchParams();
  for (const name of ["subset", "row", "kind", "machine", "tag"]) if (state[name]) said.set(name, state[name]);
  if (state.clip >= 0) said.set("clip", addressOf(drawn.clips[state.clip]));
  history.replaceState(null, "", `#${said}`);
}
