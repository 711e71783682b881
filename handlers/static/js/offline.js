// The page of the roll call that opens without a network. Which view is shown stands behind the # of the address.
import './huotang.js';
import './store.js';
import './send.js';
import { h, state, load, show, draw } from './page.js';
import { t, today } from './words.js';
import { worker } from './device.js';
import { todayView } from './today.js';
import { rollView } from './roll-call.js';
import { checkView, doneView } from './hand-in.js';
import { forgetPicking } from './photos.js';
import { outboxView, sendNow, sends, watchRoom, forgetSent } from './outbox.js';

const send = self.huotang.send;
const views = { roll: rollView, check: checkView, done: doneView, outbox: outboxView };
const keptDays = 90;

function route(first) {
  const parts = location.hash.replace('#', '').split('/');
  const view = views[parts[0]] || todayView;
  show(function () { return view(parts[1]); }, first !== true);
}

// Takes the schools along anew and sends what waits. What the page shows does not wait for it.
async function online() {
  if (navigator.onLine === false) return;
  for (const s of state.schools) {
    const end = await send.refresh(s.site);
    if (end.why) { state.why = end.why; break; }
  }
  if (sends()) await sendNow();
  state.sending = false;
  await load();
  draw();
}

async function changed() {
  await load();
  draw();
}

async function start() {
  try {
    await load();
    await forgetPicking();
  } catch (e) {
    show(function () { return [h('h1', null, t('attendance.today')), h('div', { class: 'notice ask' }, h('div', null, h('p', null, t('phone.refused')), h('p', null, h('a', { class: 'link', href: '/today' }, t('phone.to_site')))))]; });
    return;
  }
  addEventListener('hashchange', route);
  addEventListener('online', online);
  if (self.BroadcastChannel) new BroadcastChannel('huotang').onmessage = changed;
  // Said from the beginning, so that no line comes in under a finger.
  if (navigator.onLine === false) state.why = 'offline';
  else state.sending = sends();
  route(true);
  document.documentElement.classList.add('ready');
  worker().then(function (ok) { state.worker = ok; if (!ok) draw(); });
  watchRoom();
  forgetSent(today(Date.now() - keptDays * 86400000)).catch(function () {});
  await online();
}

start();
