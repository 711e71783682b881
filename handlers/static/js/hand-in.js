// Before a roll is handed in: what is still to be asked, once, and what the evening was. Then it goes into the outbox, in one
// transaction with its number; from there only its receipt takes it.
import './store.js';
import './send.js';
import { h, icon, button, state, school, roster, go, act, settled, draw, load } from './page.js';
import { t, day, english } from './words.js';
import { change, counts, unmarked, markAll, body, empty } from './draft.js';
import { persist, sendLater, low } from './device.js';
import { heading } from './today.js';
import { stepper, unkept } from './roll-call.js';
import { receipt, relay } from './outbox.js';
import { photos } from './photos.js';

const store = self.huotang.store;
const usual = ['activity_day', 'theme_day', 'party_class', 'group_meeting'];
const further = ['general_meeting', 'committee_meeting', 'organisation_life', 'appraisal', 'deliberation'];
const lengths = [60, 90, 120];
const whys = ['wrong_tap', 'somebody_missing', 'wrong_day', 'other'];
const most = 5;
let stuck = null; // an item that the phone did not take

function set(d, patch) { act(d.session, function (x) { return change(x, patch); }); }

function toggled(list, v) { return list.indexOf(v) >= 0 ? list.filter(function (x) { return x !== v; }) : list.concat(v); }

function ticks(list, chosen, name, f) {
  return h('ul', { class: 'chips' }, list.map(function (v) {
    return h('li', null, h('input', { type: 'checkbox', id: 'c-' + v.id, checked: chosen.indexOf(v.id) >= 0, on: { change: function () { f(v.id); } } }), h('label', { for: 'c-' + v.id }, v.words));
  }));
}

function kinds(d) {
  const words = function (k) { return { id: k, words: t('attendance.kind.' + k) }; };
  const f = function (k) {
    const next = toggled(d.kinds, k);
    if (next.length && next.length <= most) set(d, { kinds: next });
    else draw();
  };
  return h('section', null, h('h2', null, t('attendance.what_kind')), ticks(usual.map(words), d.kinds, 'kind', f),
    h('details', { class: 'fold', open: further.some(function (k) { return d.kinds.indexOf(k) >= 0; }) }, h('summary', null, t('phone.more_kinds')), h('div', null, ticks(further.map(words), d.kinds, 'kind', f))));
}

function lessons(d, s) {
  const seen = {};
  const list = s.plan.filter(function (l) {
    const fits = l.month === d.held_on.slice(0, 7) || d.lessons.indexOf(l.id) >= 0;
    if (!fits || seen[l.id]) return false;
    seen[l.id] = true;
    return true;
  }).map(function (l) { return { id: l.id, words: l.title + ' · ' + t('attendance.minutes', l.minutes) }; });
  if (!list.length) return null;
  return h('section', null, h('h2', null, t('attendance.what_taught')), h('div', { class: 'long' }, ticks(list, d.lessons, 'lesson', function (id) { set(d, { lessons: toggled(d.lessons, id) }); })));
}

// How it was taught beside the lessons of the plan.
function otherwise(d) {
  const ways = ['disc', 'usb', 'broadcast', 'talk'].map(function (w) { return { id: w, words: t('attendance.way.' + w) }; });
  return h('section', null, h('h2', null, t('attendance.taught_otherwise')), ticks(ways, d.ways || [], 'way', function (w) { set(d, { ways: toggled(d.ways || [], w) }); }));
}

function minutes(d) {
  const to = function (n) { set(d, { minutes: Math.max(10, Math.min(720, n)) }); };
  return h('section', null, h('h2', null, t('phone.how_long')),
    h('div', { class: 'btns' }, lengths.map(function (n) { return h('button', { type: 'button', class: 'btn', id: 'n-' + n, 'aria-pressed': String(d.minutes === n), on: { click: function () { to(n); } } }, t('attendance.minutes', n)); })),
    stepper('minutes', t('attendance.unit_minutes'), d.minutes, t('phone.shorter'), t('phone.longer'), function (by) { to(d.minutes + by * 10); }));
}

// A roll that was noted on paper first says so, once.
function paper(d) {
  if (d.base || d.after) return null;
  const tick = [{ id: 'paper', words: t('phone.on_paper') }];
  return h('div', { class: 'long' }, ticks(tick, d.paper ? ['paper'] : [], 'paper', function () { set(d, { paper: !d.paper }); }));
}

// The one question about those whom nobody tapped.
function ask(d, people) {
  const left = unmarked(d, people);
  if (!left.length || d.left) return null;
  const all = function (state) { return function () { act(d.session, function (x) { return markAll(x, left, function () { return { state: state }; }); }); }; };
  return h('div', { class: 'notice ask' }, icon('question'), h('div', null, h('h2', null, t('phone.ask_left', left.length)), h('p', null, left.map(function (p) { return p.name; }).join(t('attendance.and'))),
    h('div', { class: 'btns' }, button(t('attendance.absent_short'), all('absent')), button(t('attendance.leave_short'), all('on_leave')), button(t('phone.undecided'), function () { set(d, { left: 'later' }); }))));
}

function names(people, d, state) {
  return people.filter(function (p) { return p.due && d.marks[p.id] && d.marks[p.id].state === state; }).map(function (p) { return p.name; }).join(t('attendance.and'));
}

function summary(d, people) {
  const n = counts(d, people);
  const facts = [h('dt', null, t('attendance.present_short')), h('dd', null, t('attendance.of_due', n.present, n.due))];
  [['on_leave', 'leave_short'], ['absent', 'absent_short'], ['made_up', 'made_up_short']].forEach(function (pair) {
    const who = names(people, d, pair[0]);
    if (who) facts.push(h('dt', null, t('attendance.' + pair[1])), h('dd', null, who));
  });
  facts.push(h('dt', null, t('attendance.villagers')), h('dd', null, t('attendance.named_and_heads', n.named, n.heads)));
  return h('section', { class: 'card' }, h('h2', null, heading(d) + ' · ' + day(d.held_on)), h('dl', { class: 'facts' }, facts));
}

function why(d) {
  if (!d.base && !d.after) return null;
  return h('section', null, h('h2', null, t('attendance.why')), h('div', { class: 'btns' }, whys.map(function (w) {
    const words = t('phone.why_' + w);
    return h('button', { type: 'button', class: 'btn', id: 'w-' + w, 'aria-pressed': String(d.why === words), on: { click: function () { set(d, { why: words }); } } }, words);
  })));
}

// The item as the outbox holds it. What it was made of stays with it, for a correction.
function itemOf(d, people) {
  const now = new Date().toISOString();
  return {
    session: d.session, site: d.site, account: d.account, who: d.recorder, held_on: d.held_on, made_at: now, after: d.after, was: d.was,
    title: heading(d), counts: counts(d, people), school: school(d.site).site_name, code: school(d.site).site_code, body: body(d, people, now),
    roll: { day: d.day, kinds: d.kinds, minutes: d.minutes, lessons: d.lessons, ways: d.ways || [], marks: d.marks, gone: d.gone || [], guests: d.guests, adults: d.adults, children: d.children, began: d.began, paper: d.paper },
  };
}

function keep(item, replaces) {
  return store.write(['kept', 'outbox', 'drafts'], function (s) {
    s.kept.get('device').onsuccess = function (e) {
      const device = e.target.result || state.device;
      const seq = item.seq || Math.max(device.seq, state.device.seq) + 1;
      state.device = { id: device.id, seq: seq };
      item.seq = seq;
      item.body.device = device.id;
      item.body.seq = seq;
      if (!item.after) item.text = JSON.stringify(item.body);
      s.kept.put(state.device, 'device');
      s.outbox.put(item);
      if (replaces) s.outbox.delete(replaces);
      s.drafts.delete(item.session);
    };
  });
}

async function handIn(d) {
  await settled();
  const item = stuck && stuck.session === d.session ? stuck : itemOf(d, roster(d));
  const asked = persist();
  try {
    await keep(item, d.replaces);
  } catch (e) {
    stuck = item;
    state.unkept = true;
    state.low = true;
    draw();
    return;
  }
  stuck = null;
  state.unkept = false;
  delete state.drafts[d.session];
  asked.then(function (said) { state.said = said; return store.put('kept', said, 'said'); }).catch(function () {});
  state.low = await low();
  await load();
  go('#done/' + d.session);
  sendLater();
  self.huotang.send.all(english ? 'en' : 'zh-CN').catch(function () {});
}

export function checkView(session) {
  const d = state.drafts[session];
  if (!d || !school(d.site)) return [h('h1', null, t('attendance.check')), h('div', { class: 'btns' }, button(t('attendance.back_to_today'), function () { go('#today'); }, 'main'))];
  const people = roster(d);
  const question = ask(d, people);
  const reason = why(d);
  const ready = !question && !empty(d) && (!reason || d.why);
  return [
    h('h1', null, t('attendance.check')), unkept(), question, summary(d, people), reason,
    empty(d) && h('p', { class: 'soft' }, t('attendance.nobody')),
    lessons(d, school(d.site)), otherwise(d), minutes(d), kinds(d), paper(d), photos(d), state.unkept && stuck && relay(stuck),
    h('div', { class: 'bar' },
      h('button', { type: 'button', id: 'hand-in', class: 'btn big' + (ready ? ' main' : ''), disabled: !ready, on: { click: function (e) { e.currentTarget.disabled = true; handIn(d); } } }, icon('check'), h('span', null, t('attendance.hand_in_now'))),
      button(t('attendance.go_back'), function () { go('#roll/' + session); }, '', 'back')),
  ].filter(Boolean);
}

// What became of it: in the phone only, or with the server.
export function doneView(session) {
  const waits = state.outbox.filter(function (i) { return i.session === session; })[0];
  const item = waits || state.sent[session];
  if (!item) return [h('h1', null, t('attendance.receipt')), h('div', { class: 'btns' }, button(t('attendance.back_to_today'), function () { go('#today'); }, 'main'))];
  return [
    h('h1', null, t(waits ? 'phone.in_phone' : 'phone.sent')), receipt(item, Boolean(waits)),
    h('div', { class: 'btns full' }, button(t('attendance.back_to_today'), function () { go('#today'); }, 'main'), waits && button(t('phone.see_outbox'), function () { go('#outbox'); })),
    waits && h('p', { class: 'soft small' }, t('phone.keeps_' + state.said)), photos(item),
  ].filter(Boolean);
}
