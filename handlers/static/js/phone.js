// On a host's page: has the worker take along what the roll needs without a network, keep the page that opens without one, and send
// what waits. It is small and begins after the page itself has come: none of it is in its way.
import { running } from './huotang.js';

const place = document.querySelector('[data-phone]');
const root = document.documentElement;

function show(what) { document.querySelector(what).hidden = false; }

function say(end) {
  const line = place.querySelector('[data-waiting]');
  line.hidden = !end.waiting;
  if (end.waiting) line.querySelector('b').textContent = line.dataset.waiting.replace('%d', end.waiting);
  return end;
}

// Asks the worker, which answers when it has done all that it could.
function ask(worker) {
  return new Promise(function (resolve) {
    const c = new MessageChannel();
    c.port1.onmessage = function (e) { resolve(e.data); };
    worker.postMessage({ site: place.dataset.phone, lang: root.lang, classes: root.className }, [c.port2]);
  });
}

// Where there is no worker the page does it by itself.
async function alone() {
  await import('static:js/store.js');
  await import('static:js/send.js');
  const end = await self.huotang.send.bring(place.dataset.phone, root.lang);
  self.huotang.send.all(root.lang).catch(function () {}); // the pictures
  return end;
}

async function start() {
  const sw = navigator.serviceWorker;
  const worker = sw ? await sw.register('/sw.js').then(running).catch(function () { return null; }) : null;
  if (!worker) show('[data-none]');
  const end = say(await (worker ? ask(worker) : alone()));
  if (end.ready) show(worker ? '[data-ready]' : '[data-open]');
  if (end.why === 'storage') throw new Error(end.why);
}

// What this browser refuses is said in plain words, instead of a line that is missing. A worker that takes long is not waited for.
function begin() {
  const done = function () { place.removeAttribute('aria-busy'); };
  start().catch(function () { show('[data-refused]'); }).then(done);
  setTimeout(done, 5000);
}
place.setAttribute('aria-busy', 'true');
if (document.readyState === 'complete') begin();
else addEventListener('load', begin);
