// What the views of the roll call share: how elements are made, what the phone holds, and the order in which things happen: a tap is
// written to the phone before the page shows it.
import './store.js';
import './send.js';

const store = self.huotang.store;
const main = document.querySelector('main');
const place = document.querySelector('[data-island]');
const sprite = place.dataset.sprite;

// An element: h('button', { class: 'btn', on: { click: f } }, 'text', child, [more]). Nothing for null and false.
export function h(tag, attributes) {
  const el = document.createElement(tag);
  Object.keys(attributes || {}).forEach(function (name) {
    const v = attributes[name];
    if (name === 'on') Object.keys(v).forEach(function (type) { el.addEventListener(type, v[type]); });
    else if (name === 'checked' || name === 'value' || name === 'disabled') el[name] = v;
    else if (v === true) el.setAttribute(name, '');
    else if (v !== false && v !== undefined && v !== null) el.setAttribute(name, v);
  });
  const add = function (child) {
    if (Array.isArray(child)) child.forEach(add);
    else if (child !== null && child !== undefined && child !== false) el.append(child);
  };
  Array.prototype.slice.call(arguments, 2).forEach(add);
  return el;
}

export function icon(name) {
  const ns = 'http://www.w3.org/2000/svg';
  const svg = document.createElementNS(ns, 'svg');
  const use = document.createElementNS(ns, 'use');
  svg.setAttribute('class', 'icon');
  svg.setAttribute('aria-hidden', 'true');
  use.setAttribute('href', sprite + '#' + name);
  svg.appendChild(use);
  return svg;
}

export function button(words, f, cls, name) {
  return h('button', { type: 'button', class: 'btn ' + (cls || ''), on: { click: f } }, name && icon(name), h('span', null, words));
}

// What the phone holds, as read by load.
export const state = { device: null, me: '', schools: [], site: '', drafts: {}, outbox: [], sent: {}, photos: [], picking: '', said: 'unknown', why: '', sending: false, low: false, unkept: false, worker: true };

export async function load() {
  state.device = await store.device();
  state.me = await store.get('kept', 'me') || '';
  state.said = await store.get('kept', 'said') || 'unknown';
  const keys = (await store.keys('kept')).filter(function (k) { return state.me && k.startsWith('school:') && k.endsWith(':' + state.me); });
  state.schools = (await Promise.all(keys.map(function (k) { return store.get('kept', k); }))).map(function (kept) { return kept.view; });
  if (!school() && state.schools.length) state.site = state.schools[0].site;
  state.photos = await self.huotang.album.all('photos').catch(function () { return []; });
  state.outbox = await store.all('outbox');
  state.sent = {};
  (await store.all('sent')).forEach(function (s) { state.sent[s.session] = s; });
  // A page that just wrote a draft knows better than what it reads.
  (await store.all('drafts')).forEach(function (d) { if (!state.drafts[d.session]) state.drafts[d.session] = d; });
}

// The school that is shown, or the one of a draft.
export function school(site) {
  return state.schools.find(function (s) { return s.site === (site || state.site); });
}

// The people of a draft's roll: today's roster, at the meeting of an exchange week those of the guests, and whoever has a mark
// without being on it.
export function roster(draft) {
  const s = school(draft.site);
  const meets = s && (s.meetings || []).find(function (m) { return m.session === draft.session; });
  let on = s ? s.roster : [];
  (meets ? meets.guests : []).forEach(function (g) { on = on.concat(g.roster.map(function (p) { return Object.assign({ of: g.name }, p); })); });
  const gone = (draft.gone || []).filter(function (g) { return !on.some(function (p) { return p.id === g.id; }); });
  return on.concat(gone);
}

let view = null;
let line = Promise.resolve();
let acts = 0; // that are not written yet

// Shows a view and stays with it: f gives its elements each time that something changes.
export function show(f, top) {
  view = f;
  draw();
  if (!top) return;
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
}

// While a finger is down nothing is drawn anew: the tap would be lost with what it began on. A tap ends with its click, a finger that
// slid away soon after it is lifted.
let down = false, owed = false, lifted = 0;

// The page is at work until what was tapped is written and shown: what stands on it may still move.
function work() {
  if (acts || owed) place.setAttribute('aria-busy', 'true');
  else place.removeAttribute('aria-busy');
}

function release() {
  clearTimeout(lifted);
  down = false;
  if (owed) setTimeout(draw, 0);
}

addEventListener('pointerdown', function () { clearTimeout(lifted); down = true; }, true);
addEventListener('pointerup', function () { lifted = setTimeout(release, 400); }, true);
addEventListener('pointercancel', release, true);
addEventListener('click', release, true);

// Draws again. The keyboard stays where it was, by the id of what had it.
export function draw() {
  owed = down;
  work();
  if (down) return;
  const had = document.activeElement && document.activeElement.id;
  const all = document.createDocumentFragment();
  view().forEach(function (el) { if (el) all.appendChild(el); });
  place.textContent = '';
  place.appendChild(all);
  const now = had && had !== 'main' && document.getElementById(had);
  if (now) now.focus({ preventScroll: true });
}

// One act on a draft after the other. What the act makes of it is written first and shown then; where the phone takes nothing more,
// the page says so and keeps it as long as it is open.
export function act(session, f) {
  acts++;
  work();
  const done = line.then(function () {
    const next = f(state.drafts[session]);
    return store.put('drafts', next).then(function () { state.unkept = false; }, function () { state.unkept = true; }).then(function () {
      state.drafts[session] = next;
      draw();
    });
  });
  const end = function () { acts--; work(); };
  line = done.then(end, function (e) { end(); setTimeout(function () { throw e; }); });
  return done;
}

// Whether every act so far is written.
export function written() { return acts === 0; }

// Waits until every act so far is written.
export function settled() { return line; }

// Where a view stands: '#roll/SESSION'. The back button works by it.
export function go(to) {
  if (location.hash === to) dispatchEvent(new Event('hashchange'));
  else location.hash = to;
}
