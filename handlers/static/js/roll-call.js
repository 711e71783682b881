// Calling the roll on the phone: everybody at once, then the exceptions, each by one tap.
import { h, icon, button, state, school, roster, go, act, draw } from './page.js';
import { t, day, today } from './words.js';
import { mark, markAll, likeLast, present, undo, step, guest, dropGuest, counts } from './draft.js';
import { heading, lastMarks } from './today.js';

const leave = ['away', 'farm', 'home', 'care', 'duty', 'feast', 'road', 'other'];
const ways = ['delivered', 'video', 'disc', 'reading'];
let byHome = false;
let typed = '';

// A box behind its label: a second tap takes it back.
function box(id, label, on, f, cls) {
  return [h('input', { type: 'checkbox', id: id, class: cls, checked: on, on: { change: f } }), h('label', { for: id }, label)];
}

// Why somebody is away, or how he made it up: chips below his line, none of them asked for.
function reasons(d, p, m) {
  const list = m.state === 'on_leave' ? leave : ways;
  return h('ul', { class: 'chips reasons' }, list.map(function (r) {
    const set = function () { act(d.session, function (x) { return mark(x, p.id, Object.assign({}, m, { reason: m.reason === r ? undefined : r })); }); };
    return h('li', null, box('r-' + p.id + r, t('attendance.reason.' + r), m.reason === r, set));
  }));
}

function madeUp(d, p, m) {
  const set = function (e) {
    const on = e.target.value;
    if (on) act(d.session, function (x) { return mark(x, p.id, Object.assign({}, m, { made_up_on: on })); });
  };
  return h('label', { class: 'field' }, t('attendance.made_up_on', p.name), h('input', { class: 'in short', type: 'date', id: 'u-' + p.id, min: d.held_on, max: today(), value: m.made_up_on, on: { change: set } }));
}

function line(d, p) {
  const m = d.marks[p.id];
  const say = function (state, more) {
    return function () { act(d.session, function (x) { return mark(x, p.id, x.marks[p.id] && x.marks[p.id].state === state ? null : Object.assign({ state: state }, more)); }); };
  };
  const is = function (s) { return Boolean(m) && m.state === s; };
  const made = d.base > 0 || d.after > 0 || d.held_on < today() || is('made_up');
  return h('li', { role: 'group', 'aria-label': p.name },
    h('label', { class: 'who', for: 'p-' + p.id }, p.name, p.exempt && h('small', null, t('attendance.exempt')), p.gone && h('small', null, t('attendance.off_roster'))),
    h('span', { class: 'seg' },
      box('p-' + p.id, t('attendance.present_short'), is('present'), say('present')),
      box('l-' + p.id, t('attendance.leave_short'), is('on_leave'), say('on_leave'), 'away'),
      box('a-' + p.id, t('attendance.absent_short'), is('absent'), say('absent'), 'away'),
      made && box('m-' + p.id, t('attendance.made_up_short'), is('made_up'), say('made_up', { made_up_on: today() }))),
    m && (m.state === 'on_leave' || m.state === 'made_up') && reasons(d, p, m),
    is('made_up') && madeUp(d, p, m));
}

// At the meeting of an exchange week: each school under its name, the host's own people first.
function bySchool(people, f) {
  const out = people.filter(function (p) { return !p.of; }).map(f);
  let under = '';
  people.filter(function (p) { return p.of; }).forEach(function (p) {
    if (p.of !== under) out.push(h('li', { role: 'none', class: 'whole' }, h('h3', null, p.of)));
    under = p.of;
    out.push(f(p));
  });
  return out;
}

// Those due in the order of names, or under the names of their households.
function lines(d, people) {
  if (people.some(function (p) { return p.of; })) return bySchool(people, function (p) { return line(d, p); });
  if (!byHome) return people.map(function (p) { return line(d, p); });
  const key = function (p) { return p.order ? ('000000' + p.order.length).slice(-6) + p.order : '~'; };
  const sorted = people.slice().sort(function (a, b) { return key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0; });
  const out = [];
  let under = null;
  sorted.forEach(function (p) {
    if (key(p) !== under) out.push(h('li', { role: 'none' }, h('h3', null, p.home ? t('people.household_title', p.home) : t('attendance.no_household'))));
    under = key(p);
    out.push(line(d, p));
  });
  return out;
}

export function stepper(id, label, value, less, more, f) {
  return h('div', { class: 'line' }, h('span', null, label), h('span', { class: 'stepper' },
    h('button', { type: 'button', class: 'btn', id: id + '-less', 'aria-label': less, on: { click: function () { f(-1); } } }, icon('minus')),
    h('b', { class: 'in', role: 'status', 'aria-label': label }, String(value)),
    h('button', { type: 'button', class: 'btn', id: id + '-more', 'aria-label': more, on: { click: function () { f(1); } } }, icon('plus'))));
}

function heads(d, name) {
  return stepper(name, t('attendance.' + name), d[name], t('attendance.' + name + '_less'), t('attendance.' + name + '_more'), function (by) {
    act(d.session, function (x) { return step(x, name, by); });
  });
}

// Names outside the roster: written, or tapped from those that the phone knows and that begin so.
function guests(d, s, people) {
  const add = function (name) { typed = ''; act(d.session, function (x) { return guest(x, name); }); };
  const on = {};
  people.forEach(function (p) { on[p.name] = true; });
  const near = function () { return s.near.filter(function (n) { return typed && n.indexOf(typed) >= 0 && !on[n] && d.guests.indexOf(n) < 0; }).slice(0, 6); };
  const suggest = h('div', { class: 'btns', id: 'near', role: 'group', 'aria-label': t('phone.maybe') });
  const fill = function (list) { suggest.textContent = ''; list.forEach(function (n) { suggest.append(button(n, function () { add(n); }, 'slim', 'plus')); }); };
  fill(near());
  const write = function (e) {
    typed = e.target.value.trim();
    fill(near());
  };
  const enter = function (e) { if (e.key === 'Enter') add(e.target.value); };
  const field = h('input', { class: 'in', id: 'guest', maxlength: 60, value: typed, placeholder: t('attendance.write_name'), 'aria-label': t('attendance.guest_label'), autocomplete: 'off', on: { input: write, keydown: enter } });
  return [h('h3', null, t('attendance.guests')),
    d.guests.length > 0 && h('ul', { class: 'chips' }, d.guests.map(function (n, i) { return h('li', null, box('g' + i, n, true, function () { act(d.session, function (x) { return dropGuest(x, n); }); })); })),
    h('div', { class: 'find' }, field, button(t('phone.add'), function () { add(field.value); }, '', 'plus')), suggest];
}

// What cannot be kept any more is said where it cannot be overlooked.
export function unkept() {
  return state.unkept && h('div', { class: 'errors', role: 'alert' }, h('h2', null, t('phone.full')), h('p', null, t('phone.full_hint')));
}

export function rollView(session) {
  const d = state.drafts[session];
  const s = d && school(d.site);
  if (!s) return [h('h1', null, t('attendance.roll', 0)), h('p', null, t('attendance.session_missing')), h('div', { class: 'btns' }, button(t('attendance.back_to_today'), function () { go('#today'); }, 'main'))];
  const people = roster(d);
  const due = people.filter(function (p) { return p.due; });
  const others = people.filter(function (p) { return !p.due; });
  const n = counts(d, people);
  const last = !d.base && !d.after && lastMarks(s, d);
  const first = n.due > 0 && n.none === n.due;
  const like = function () { act(d.session, function (x) { return likeLast(x, people, last); }); };
  const all = function () { act(d.session, function (x) { return markAll(x, due.filter(function (p) { return !p.exempt; }), present); }); };
  return [
    h('ol', { class: 'crumbs', 'aria-label': t('attendance.where') }, h('li', null, h('a', { href: '#today' }, icon('back'), t('attendance.today')))),
    h('h1', null, t('attendance.roll', n.due)), h('p', { class: 'soft' }, heading(d) + ' · ' + day(d.held_on)), unkept(),
    h('section', null, h('h2', null, t('attendance.due_list')),
      due.length ? null : h('p', { class: 'soft' }, t('attendance.nobody_due')),
      due.length > 0 && last && button(t('phone.like_last'), like, 'big' + (first ? ' main' : ''), 'check'),
      due.length > 0 && button(t('attendance.all_came'), all, 'big' + (first && !last ? ' main' : ''), 'check'),
      due.length > 0 && h('p', { class: 'hint' }, t('attendance.all_hint')),
      due.some(function (p) { return p.home; }) && !people.some(function (p) { return p.of; }) && button(t(byHome ? 'attendance.order_name' : 'attendance.order_household'), function () { byHome = !byHome; draw(); }, 'slim'),
      h('ul', { class: 'marks' + (d.base || d.after ? ' four' : ''), role: 'none' }, lines(d, due))),
    h('section', null, h('h2', null, t('attendance.came_list')),
      others.length > 0 && h('p', { class: 'hint' }, t('attendance.came_hint')),
      others.length > 0 && h('ul', { class: 'chips' }, bySchool(others, function (p) {
        return h('li', null, box('v-' + p.id, p.name, Boolean(d.marks[p.id]), function () { act(d.session, function (x) { return mark(x, p.id, x.marks[p.id] ? null : { state: 'observer' }); }); }));
      })),
      guests(d, s, people), h('h3', null, t('attendance.unnamed')), heads(d, 'adults'), heads(d, 'children')),
    h('div', { class: 'bar' },
      h('p', { class: 'small', role: 'status' }, t('phone.count', n.present, n.due, n.named + n.heads) + (n.none ? t('phone.untapped', n.none) : '')),
      button(t('phone.hand_in', n.present), function () { go('#check/' + d.session); }, 'big' + (first ? '' : ' main')),
      h('button', { type: 'button', id: 'undo', class: 'btn', disabled: !d.undo.length, on: { click: function () { act(d.session, undo); } } }, icon('back'), h('span', null, t('phone.undo')))),
  ].filter(Boolean);
}
