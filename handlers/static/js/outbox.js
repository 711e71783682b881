// The outbox in words. What is only on the phone is never called saved.
import './store.js';
import './send.js';
import { h, icon, button, state, go, draw } from './page.js';
import { t, day, clock, today, english } from './words.js';
import { kind, low } from './device.js';
import { code } from './relay.js';
import { photoList } from './photos.js';

const store = self.huotang.store;
const patience = 24 * 3600000; // milliseconds after which another way is proposed
const told = {}; // by seq: what became of a text that was copied

export function lang() { return english ? 'en' : 'zh-CN'; }

// Sends, and says so meanwhile; by a tap also what was refused before.
export function sendNow(tap) {
  if (!state.sending) {
    state.sending = true;
    draw();
  }
  return self.huotang.send.all(lang(), Boolean(tap)).then(function (end) { state.why = end.why; }, function () { state.why = 'later'; }).then(function () { state.sending = false; });
}

export function offerRelay(item) {
  return state.low || state.said === 'no' || Date.now() - Date.parse(item.made_at) > patience;
}

// Why nothing moves, in words, with what helps.
function why() {
  if (state.sending) return h('p', null, t('phone.sending'));
  if (state.why === 'sign-in') return h('div', null, h('p', null, t('phone.sign_in_again')), h('div', { class: 'btns' }, h('a', { class: 'btn', href: '/sign-in?next=/roll' }, t('sign_in.title'))));
  if (state.why === 'offline') return h('p', null, t('phone.no_signal'));
  if (state.why === 'later') return h('p', null, t('phone.server_later'));
  return null;
}

// Pictures that wait; one of a roll that is still being called belongs to that.
function waiting() {
  return state.photos.filter(function (p) {
    const d = state.drafts[p.session];
    return !p.sent && !p.dropped && !(d && !d.base && !d.after);
  });
}

// Whether anything is to be sent.
export function sends() { return state.outbox.length + waiting().length > 0; }

// On top of 今天的事, whenever something waits.
export function outboxCard() {
  const pictures = waiting().length;
  if (!state.outbox.length && !pictures) return Object.keys(state.sent).length ? h('p', null, h('span', { class: 'tag on' }, icon('check'), t('attendance.all_sent'))) : null;
  return h('section', { class: 'notice ask', id: 'outbox' }, icon('note'), h('div', null, h('h2', { role: 'status' }, state.outbox.length ? t('phone.waiting', state.outbox.length) : t('phone.photos_waiting', pictures)),
    state.outbox.length > 0 && pictures > 0 && h('p', null, t('phone.photos_waiting', pictures)), why(),
    h('div', { class: 'btns' }, button(t('phone.see_outbox'), function () { go('#outbox'); }), button(t('phone.send_now'), sendNow, '', 'upload'))));
}

function refused(item) {
  const marks = item.receipt.marks.filter(function (m) { return m.outcome === 'refused'; });
  if (!marks.length) return null;
  return h('div', { class: 'notice ask' }, icon('note'), h('div', null, h('p', null, t('attendance.not_marked', marks.length)), h('ul', null, marks.map(function (m) { return h('li', null, t(m.code)); }))));
}

// What the server says beside the marks: that the month was closed, that a correction waits, that the phone's clock is wrong.
function beside(r) {
  const minutes = Math.round(Math.abs(r.ahead || 0) / 60);
  return [
    r.late && h('p', null, t('phone.late')), r.waiting && h('p', null, t('phone.waits_for_township')),
    minutes > 0 && h('p', null, t(r.ahead > 0 ? 'phone.clock_fast' : 'phone.clock_slow', minutes)),
  ];
}

// What an item is, and where it stands.
export function receipt(item, waits) {
  const n = item.counts;
  return h('section', { class: 'card' }, h('h2', null, item.title + ' · ' + day(item.held_on)), h('p', { class: 'soft' }, item.school),
    h('p', null, t('attendance.came_and_villagers', n.present, n.named + n.heads)),
    waits ? h('p', null, h('span', { class: 'tag ask' }, t('phone.waits'))) : h('p', null, h('span', { class: 'tag on' }, icon('check'), t('attendance.receipt_no', item.code, item.held_on, item.receipt.revision))),
    waits && why(), !waits && refused(item), !waits && beside(item.receipt),
    !waits && item.receipt.conflicts > 0 && h('p', null, t('attendance.conflicts', item.receipt.conflicts), ' ', h('a', { class: 'link', href: '/sessions/' + item.session + '#conflicts' }, t('attendance.settle_them'))));
}

async function relayText(item) {
  let whole = item;
  if (!item.text) whole = await self.huotang.send.freeze(item);
  if (!whole) throw new Error('waits for another');
  return t('phone.relay_line', item.school, item.held_on, item.counts.present) + '\n' + await code(whole);
}

function copied(text) {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(function () { return true; }, function () { return false; });
  return Promise.resolve(false);
}

// 请人代传: the text to copy, or the file for the phone's share sheet.
export function relay(item) {
  const seq = item.seq;
  const say = function (key, text) { told[seq] = { key: key, text: text }; draw(); };
  const copy = function () {
    relayText(item).then(function (text) {
      return copied(text).then(function (ok) { say(ok ? 'phone.relay_copied' : 'phone.relay_mark', ok ? '' : text); });
    }).catch(function () { say('phone.relay_none', ''); });
  };
  const share = function () {
    relayText(item).then(function (text) {
      const file = new File([text], t('phone.relay_file', item.held_on) + '.txt', { type: 'text/plain' });
      return navigator.share({ files: [file] });
    }).catch(function (e) { if (!e || e.name !== 'AbortError') say('phone.relay_none', ''); });
  };
  const save = function () {
    relayText(item).then(function (text) {
      const a = h('a', { href: URL.createObjectURL(new Blob([text], { type: 'text/plain' })), download: t('phone.relay_file', item.held_on) + '.txt' });
      document.body.append(a); // some browsers save nothing by a link that stands nowhere
      a.click();
      a.remove();
      say('phone.relay_saved', '');
    }).catch(function () { say('phone.relay_none', ''); });
  };
  const shares = navigator.canShare && navigator.share && self.File && navigator.canShare({ files: [new File(['x'], 'x.txt', { type: 'text/plain' })] });
  const now = told[seq];
  return h('div', { class: 'relay' }, h('h3', null, t('phone.relay')), h('p', { class: 'hint' }, t('phone.relay_hint')),
    h('div', { class: 'btns' }, button(t('phone.relay_copy'), copy, '', 'document'), shares ? button(t('phone.relay_share'), share, '', 'go') : kind() !== 'wechat' && button(t('phone.relay_save'), save, '', 'go')),
    now && h('p', { role: 'status' }, t(now.key)), now && now.text && h('textarea', { class: 'in', readonly: true, rows: 6, 'aria-label': t('phone.relay'), value: now.text, on: { focus: function (e) { e.target.select(); } } }));
}

function one(item) {
  const other = state.me && item.account !== state.me;
  return h('li', null, receipt(item, true),
    other && h('p', null, t('phone.of_other', item.who)),
    item.fault && h('div', { class: 'notice ask' }, icon('note'), h('div', null, h('p', null, t('phone.stays')), h('p', null, item.fault.words), h('p', { class: 'hint' }, t('phone.stays_hint')))),
    !other && offerRelay(item) && relay(item));
}

// Pictures that wait, by the evening that they are of.
function pictures() {
  const seen = {};
  return waiting().filter(function (p) { const first = !seen[p.session]; seen[p.session] = true; return first; }).map(function (p) {
    const other = p.account !== state.me; // nobody, too
    return h('section', { class: 'card' }, h('h2', null, t('phone.photos_of', day(p.held_on))), other ? h('p', null, t('phone.photos_of_other', p.who)) : photoList(p.session));
  });
}

export function outboxView() {
  const n = state.outbox.length;
  const more = waiting().length;
  const at = state.outbox.map(function (i) { return i.made_at; }).sort()[0];
  return [
    h('ol', { class: 'crumbs', 'aria-label': t('attendance.where') }, h('li', null, h('a', { href: '#today' }, icon('back'), t('attendance.today')))),
    h('h1', null, n ? t('phone.waiting', n) : more ? t('phone.photos_waiting', more) : t('attendance.all_sent')),
    n > 0 && more > 0 && h('p', null, t('phone.photos_waiting', more)),
    h('p', { class: 'soft' }, t('phone.here_' + kind()), ' ', n ? t('phone.since', day(today(Date.parse(at))), clock(at)) : ''),
    n + more > 0 && h('div', { class: 'btns' }, button(t('phone.send_now'), sendNow, 'main big', 'upload')),
    why(), h('ul', { class: 'stack' }, state.outbox.map(one)), h('div', { class: 'stack' }, pictures()),
    n + more > 0 && h('p', { class: 'hint' }, t('phone.keep_browser')),
  ].filter(Boolean);
}

export function watchRoom() { return low().then(function (is) { state.low = is; }); }

export function forgetSent(before) {
  self.huotang.album.write(['photos'], function (s) {
    state.photos.forEach(function (p) { if (p.sent && p.held_on < before) s.photos.delete(p.id); });
  }).catch(function () {});
  return store.write(['sent'], function (s) {
    s.sent.openCursor().onsuccess = function (e) {
      const c = e.target.result;
      if (!c) return;
      if (c.value.held_on < before) c.delete();
      c.continue();
    };
  });
}
