// A roll as it is called on the phone. A draft is plain data and is never changed in place: each act gives a new one, which
// remembers how to go back one step. Nobody is absent because nobody tapped: who has no mark is 未点.
//
//   draft: session, site, account, day ('' for ad hoc), held_on, began, kinds, lessons, ways, minutes, recorder,
//          marks {person: {state, reason?, made_up_on?}}, guests [name], adults, children, left ('' until 未点 were asked about),
//          paper (true: noted on paper first),
//          base (revision; 0 for a new roll), after (seq of an item on the way), was {marks}, why, undo []
const steps = 12;
const heads = 300;

// Keys whose change can be taken back.
const undone = ['marks', 'guests', 'adults', 'children', 'left'];

// A new draft with the patch; one step further from the start.
export function change(draft, patch) {
  const back = {};
  undone.forEach(function (k) { if (k in patch) back[k] = draft[k]; });
  const undo = Object.keys(back).length ? draft.undo.concat(back).slice(-steps) : draft.undo;
  const again = patch.marks ? { left: '' } : {}; // who is open now was not asked about
  return Object.assign({}, draft, again, patch, { undo: undo });
}

export function undo(draft) {
  if (!draft.undo.length) return draft;
  return Object.assign({}, draft, draft.undo[draft.undo.length - 1], { undo: draft.undo.slice(0, -1) });
}

// Marks one person, or takes the mark back when it says the same already.
export function mark(draft, person, value) {
  const marks = Object.assign({}, draft.marks);
  const had = marks[person];
  if (!value || (had && had.state === value.state && had.reason === value.reason && had.made_up_on === value.made_up_on)) delete marks[person];
  else marks[person] = value;
  return change(draft, { marks: marks });
}

// Marks everybody of the list who has no mark yet.
export function markAll(draft, people, value) {
  const marks = Object.assign({}, draft.marks);
  people.forEach(function (p) { if (!marks[p.id]) marks[p.id] = value(p); });
  return change(draft, { marks: marks });
}

export function present(p) { return { state: p.due ? 'present' : 'observer' }; }

// Whoever came last time has come again; of the others nobody has said anything.
export function likeLast(draft, roster, last) {
  const came = {};
  last.forEach(function (m) { if (m.state === 'present' || m.state === 'observer') came[m.person] = true; });
  return markAll(draft, roster.filter(function (p) { return came[p.id]; }), present);
}

export function step(draft, name, by) {
  const patch = {};
  patch[name] = Math.max(0, Math.min(heads, draft[name] + by));
  return change(draft, patch);
}

export function guest(draft, name) {
  const n = name.trim().slice(0, 60);
  if (!n || draft.guests.indexOf(n) >= 0) return draft;
  return change(draft, { guests: draft.guests.concat(n) });
}

export function dropGuest(draft, name) {
  return change(draft, { guests: draft.guests.filter(function (g) { return g !== name; }) });
}

// Those due of whom nothing is said; the exempt need not come, nobody asks about them.
export function unmarked(draft, roster) {
  return roster.filter(function (p) { return p.due && !p.exempt && !draft.marks[p.id]; });
}

// What the bar shows. due leaves out the exempt who did not come, as on paper.
export function counts(draft, roster) {
  const n = { due: 0, present: 0, on_leave: 0, absent: 0, made_up: 0, none: 0, named: draft.guests.length, heads: draft.adults + draft.children };
  roster.forEach(function (p) {
    const m = draft.marks[p.id];
    if (!p.due) {
      if (m) n.named++;
      return;
    }
    if (!m && p.exempt) return;
    n.due++;
    n[m ? m.state : 'none']++;
  });
  n.all = n.present + n.made_up + n.named + n.heads;
  return n;
}

function same(a, b) {
  return (a ? a.state : '') === (b ? b.state : '') && ((a && a.reason) || '') === ((b && b.reason) || '') && ((a && a.made_up_on) || '') === ((b && b.made_up_on) || '');
}

// The marks to send: of a new roll all of them, of a correction those that it changes.
function marks(draft, roster) {
  const was = draft.was.marks;
  const exempt = {};
  roster.forEach(function (p) { if (p.exempt) exempt[p.id] = true; });
  return Object.keys(Object.assign({}, was, draft.marks)).filter(function (id) { return !same(was[id], draft.marks[id]); }).sort().map(function (id) {
    const m = draft.marks[id] || { state: exempt[id] ? 'exempt' : 'unmarked' };
    const out = { person: id, state: m.state };
    if (m.reason) out.reason = m.reason;
    if (m.made_up_on) out.made_up_on = m.made_up_on;
    return out;
  });
}

// The item's body, as the server's roll takes it; device and seq are given when it goes into the outbox.
export function body(draft, roster, now) {
  const b = {
    site: draft.site, base_revision: draft.base, kinds: draft.kinds, held_on: draft.held_on, minutes: draft.minutes, lessons: draft.lessons, ways: draft.ways || [],
    marks: marks(draft, roster), guests: draft.guests, adults: draft.adults, children: draft.children,
    happened_at: draft.began, recorded_at: now,
  };
  if (draft.day) b.activity_day = draft.day;
  if (draft.recorder) b.recorder = draft.recorder;
  if (draft.why) b.why = draft.why;
  if (draft.paper && !draft.base && !draft.after) b.on_paper = true;
  return b;
}

// Nobody came, nobody said anything: there is nothing to hand in.
export function empty(draft) {
  return !Object.keys(draft.marks).length && !draft.guests.length && !draft.adults && !draft.children;
}
