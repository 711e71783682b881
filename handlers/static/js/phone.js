// On a host's page: takes along what the roll needs without a network, keeps the page that opens without one, and sends what waits.
import './huotang.js';
import './store.js';
import './send.js';
import { device, worker } from './device.js';

const send = self.huotang.send;
const store = self.huotang.store;
const place = document.querySelector('[data-phone]');

function say(waiting) {
  const line = place.querySelector('[data-waiting]');
  line.hidden = !waiting;
  if (waiting) line.querySelector('b').textContent = line.dataset.waiting.replace('%d', waiting);
}

async function start() {
  await device();
  await look();
  const ok = await worker();
  const end = await send.refresh(place.dataset.phone);
  const ready = Boolean(end.account);
  if (ok && ready) navigator.serviceWorker.ready.then(function () { place.querySelector('[data-ready]').hidden = false; });
  const waits = await store.all('outbox');
  say(waits.length);
  if (!waits.length) return;
  await send.all(document.documentElement.lang);
  say((await store.all('outbox')).length);
}

// The page that is kept speaks the language and has the size of type of the pages from the network.
async function look() {
  const now = document.documentElement.lang + ' ' + document.documentElement.className;
  if (!navigator.serviceWorker || !navigator.serviceWorker.controller || await store.get('kept', 'look') === now) return;
  navigator.serviceWorker.controller.postMessage('shell');
  await store.put('kept', now, 'look');
}

// After the page itself has come: none of it is in its way.
function begin() { start().catch(function () {}); }
if (document.readyState === 'complete') begin();
else addEventListener('load', begin);
