// 今天的事 on the phone: what is to be held, what is left over, what was held, and how it stands with sending.
import { h, icon, button, state, school, go, act } from './page.js';
import { t, day, month, today } from './words.js';
import { uuid } from './huotang.js';
import { outboxCard } from './outbox.js';
import { kind } from './device.js';

const shortest = 60; // minutes of an evening without a planned lesson
const closed = ['held', 'not_held', 'cancelled'];

// A session of the school that this phone or the server knows to be held.
function held(s, session) {
  return state.outbox.some(function (i) { return i.session === session; }) || state.sent[session] ||
    s.last.some(function (l) { return l.id === session; });
}

// Activity days, and the meetings of exchange weeks that the school hosts, the earliest first; a meeting knows its guests.
function open(s) {
  const meets = (s.meetings || []).filter(function (m) { return !m.host; }).map(function (m) { return Object.assign({ planned_on: m.held_on }, m); });
  const all = s.days.concat(meets).filter(function (d) { return closed.indexOf(d.state) < 0 && !held(s, d.session) && !state.drafts[d.session]; });
  return all.sort(function (a, b) { return a.planned_on < b.planned_on ? -1 : a.planned_on > b.planned_on ? 1 : 0; });
}

function title(d) { return d.guests ? t('attendance.kind.exchange') : t('attendance.day_of', month(d.planned_on)); }

function comers(d) { return t('exchange.they_come', d.guests.map(function (g) { return g.name; }).join(t('attendance.and'))); }

// Where people of the school go to in an exchange week.
function visits(s, on) {
  return (s.meetings || []).filter(function (m) { return m.host && m.held_on >= on; });
}

// The lessons to begin with: the first required one of the month that was not taught, else the first of the others.
function tonight(s, on) {
  const plan = s.plan.filter(function (l) { return l.month === on.slice(0, 7) && !l.taught; });
  return (plan.filter(function (l) { return l.required; }).concat(plan)).slice(0, 1);
}

function fresh(s, d, on) {
  const meets = Boolean(d && d.guests);
  const lessons = meets ? [] : tonight(s, on);
  const minutes = lessons.reduce(function (sum, l) { return sum + l.minutes; }, 0);
  return {
    session: d ? d.session : uuid(), site: s.site, account: s.account, day: d && d.id ? d.id : '', held_on: on, began: new Date().toISOString(),
    kinds: [meets ? 'exchange' : 'activity_day'], lessons: lessons.map(function (l) { return l.id; }), ways: [], minutes: Math.max(shortest, minutes), recorder: s.who,
    marks: {}, guests: [], adults: 0, children: 0, left: '', base: 0, after: 0, was: { marks: {} }, why: '', undo: [],
  };
}

function begin(s, d, on) {
  const draft = fresh(s, d, on);
  act(draft.session, function () { return draft; }).then(function () { go('#roll/' + draft.session); });
}

export function heading(draft) {
  return draft.kinds.map(function (k) { return k === 'activity_day' ? t('attendance.day_of', month(draft.held_on)) : t('attendance.kind.' + k); }).join(t('attendance.and'));
}

function startCard(s, d) {
  const on = today();
  const lesson = tonight(s, on)[0];
  return h('section', { class: 'night' },
    h('p', { class: 'when' }, t('attendance.tonight') + ' · ' + title(d) + (d.hour ? ' ' + d.hour : '')),
    h('h2', null, d.guests ? comers(d) : lesson ? lesson.title : t('attendance.kind.activity_day')),
    button(t('attendance.start'), function () { begin(s, d, on); }, 'main big', 'play'));
}

function draftCard(d) {
  return h('section', { class: 'night' },
    h('p', { class: 'when' }, t('attendance.started') + ' · ' + day(d.held_on)),
    h('h2', null, heading(d)), h('p', { class: 'soft' }, t(d.base || d.after ? 'phone.changing' : 'attendance.not_handed_in')),
    button(t('attendance.go_roll'), function () { go('#roll/' + d.session); }, 'main big', 'roll'));
}

// A row that leads on.
function row(title, words, f, more) {
  return h('li', null, h('div', null, h('span', null, h('b', null, title), h('span', { class: 'small soft' }, words)), button(more, f, 'slim')));
}

// A roll that was handed in, from here or elsewhere, to correct it.
function correct(s, l) {
  const waiting = state.outbox.filter(function (i) { return i.session === l.session; }).pop();
  const sent = state.sent[l.session];
  const from = waiting || (sent && (!l.revision || sent.receipt.revision >= l.revision) ? sent : null);
  const snap = from ? from.roll : l;
  const draft = Object.assign(fresh(s, null, l.held_on), snap, {
    session: l.session, why: '', undo: [], left: 'keep', was: { marks: snap.marks },
    base: waiting ? 0 : (from ? from.receipt.revision : l.revision), after: waiting && !waiting.fault ? waiting.seq : 0, replaces: waiting && waiting.fault ? waiting.seq : 0,
  });
  if (waiting && waiting.fault) Object.assign(draft, { was: waiting.was, base: waiting.body.base_revision, after: waiting.after });
  act(draft.session, function () { return draft; }).then(function () { go('#roll/' + draft.session); });
}

// Sessions handed in, newest first: what waits, what this phone sent, what the server had.
function sessions(s) {
  const seen = {};
  const out = [];
  const add = function (l) { if (!seen[l.session]) { seen[l.session] = true; out.push(l); } };
  state.outbox.slice().reverse().forEach(function (i) { if (i.site === s.site && i.account === s.account) add({ session: i.session, held_on: i.held_on, kinds: i.roll.kinds, words: t(i.fault ? 'phone.stays' : 'phone.waits') }); });
  s.last.forEach(function (l) {
    const marks = {};
    const gone = [];
    l.marks.forEach(function (m) {
      marks[m.person] = { state: m.state, reason: m.reason, made_up_on: m.made_up_on };
      if (m.name) gone.push({ id: m.person, name: m.name, due: m.state !== 'observer' });
    });
    add({
      session: l.id, day: l.activity_day || '', held_on: l.held_on, kinds: l.kinds, minutes: l.minutes, lessons: l.lessons, ways: l.ways || [], marks: marks, gone: gone, guests: l.guests,
      adults: l.adults, children: l.children, revision: l.revision, words: t('phone.is_sent', l.revision),
    });
  });
  Object.keys(state.sent).forEach(function (k) {
    const i = state.sent[k];
    if (i.site === s.site) add({ session: i.session, held_on: i.held_on, kinds: i.roll.kinds, revision: i.receipt.revision, words: t('phone.is_sent', i.receipt.revision) });
  });
  return out.sort(function (a, b) { return a.held_on < b.held_on ? 1 : -1; }).slice(0, 6);
}

// The marks of the session before this one, for 「跟上次一样」: the newest that the phone knows of.
export function lastMarks(s, draft) {
  const all = s.last.filter(function (l) { return l.id !== draft.session; }).map(function (l) { return { on: l.held_on, marks: l.marks }; });
  state.outbox.concat(Object.keys(state.sent).map(function (k) { return state.sent[k]; })).forEach(function (i) {
    if (i.site !== s.site || i.session === draft.session) return;
    all.push({ on: i.held_on, marks: Object.keys(i.roll.marks).map(function (id) { return { person: id, state: i.roll.marks[id].state }; }) });
  });
  all.sort(function (a, b) { return a.on < b.on ? 1 : -1; });
  return all.length ? all[0].marks : null;
}

function ahead(what, on, hour, more) {
  return h('li', null, h('div', null, h('span', null, h('b', null, what), h('span', { class: 'small soft' }, day(on) + (hour ? ' ' + hour : '') + (more ? ' · ' + more : '')))));
}

function choose() {
  if (state.schools.length < 2) return null;
  return h('div', { class: 'btns' }, state.schools.map(function (s) {
    return h('button', { type: 'button', class: 'btn slim', 'aria-pressed': String(s.site === state.site), on: { click: function () { state.site = s.site; go('#today'); } } }, s.site_name);
  }));
}

function needs() {
  const path = new URLSearchParams(location.search).get('needs');
  if (!path || path[0] !== '/' || path[1] === '/' || path[1] === '\\') return null;
  return h('div', { class: 'notice ask' }, icon('question'), h('div', null, h('p', null, t('phone.needs_network')), h('p', null, h('a', { class: 'link', href: path }, t('phone.try_again')))));
}

function nobody() {
  return h('div', { class: 'empty' }, icon('hearth'), h('h2', null, t('phone.nobody')), h('p', { class: 'soft' }, t('phone.nobody_hint')),
    h('div', { class: 'btns' }, h('a', { class: 'btn main', href: '/sign-in?next=/today' }, t('sign_in.title'))));
}

export function todayView() {
  const s = school();
  const head = [needs(), h('h1', null, t('attendance.today'))];
  if (!s) return head.concat(outboxCard(), nobody());
  const on = today();
  const drafts = Object.keys(state.drafts).map(function (k) { return state.drafts[k]; }).filter(function (d) { return d.site === s.site && d.account === s.account; });
  const days = open(s);
  const tonights = days.filter(function (d) { return d.planned_on === on; });
  const due = tonights[0];
  const beside = tonights.slice(drafts[0] ? 0 : 1);
  const late = days.filter(function (d) { return d.planned_on < on; }).reverse();
  const coming = days.filter(function (d) { return d.planned_on > on; });
  const away = visits(s, on);
  const done = sessions(s);
  const first = drafts[0] ? draftCard(drafts[0]) : due ? startCard(s, due) : h('section', { class: 'card' }, h('h2', null, t('attendance.nothing')), coming[0] && h('p', { class: 'soft' }, t('attendance.next_is', day(coming[0].planned_on))));
  return head.concat(
    state.picking && h('div', { class: 'notice ask' }, icon('note'), h('div', null, h('p', null, t('phone.photo_killed')))),
    h('p', { class: 'soft' }, day(on) + ' · ' + s.site_name), choose(), outboxCard(), first,
    late.length + beside.length + drafts.slice(1).length > 0 && h('section', null, h('h2', null, t('attendance.still_missing')), h('ul', { class: 'rows' },
      drafts.slice(1).map(function (d) { return row(heading(d), day(d.held_on), function () { go('#roll/' + d.session); }, t('attendance.go_roll')); }),
      beside.map(function (d) { return row(title(d), day(on) + (d.guests ? ' · ' + comers(d) : ''), function () { begin(s, d, on); }, t('phone.begin')); }),
      late.map(function (d) { return row(title(d), day(d.planned_on) + ' · ' + t('attendance.no_record'), function () { begin(s, d, d.planned_on); }, t('attendance.enter_late')); }))),
    h('div', { class: 'btns' }, button(t('attendance.ad_hoc'), function () { begin(s, null, on); }, '', 'plus')),
    coming.length + away.length > 0 && h('section', null, h('h2', null, t('attendance.coming')), h('ul', { class: 'rows' },
      coming.map(function (d) { return ahead(title(d), d.planned_on, d.hour, d.guests && comers(d)); }),
      away.map(function (m) { return ahead(t('attendance.kind.exchange'), m.held_on, m.hour, t('exchange.you_go', m.host)); }))),
    done.length > 0 && h('section', null, h('h2', null, t('attendance.records')), h('ul', { class: 'rows' }, done.map(function (l) {
      return row(heading(l), day(l.held_on) + ' · ' + l.words, function () { correct(s, l); }, t('phone.correct'));
    }))),
    h('section', null, h('h2', null, t('phone.rest')), h('p', { class: 'hint' }, t('phone.rest_hint')),
      h('div', { class: 'btns' }, h('a', { class: 'btn', href: '/today?site=' + s.site }, t('phone.to_site')), h('a', { class: 'btn', href: '/catalogue' }, t('attendance.look_courses')))),
    h('p', { class: 'soft small' }, t('phone.here_' + kind()), ' ', t('phone.keeps_' + state.said), ' ', state.worker ? '' : t('phone.no_worker'))).filter(Boolean);
}
