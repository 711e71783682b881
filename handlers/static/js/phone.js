// On a host's page: has the worker take along what the roll needs without a network, keep the page that opens without one, and send
// what waits. It is small and begins after the page itself has come: none of it is in its way.
import './huotang.js';

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
  return self.huotang.send.bring(place.dataset.phone, root.lang);
}

async function start() {
  let kept = null;
  if (navigator.serviceWorker) {
    kept = await navigator.serviceWorker.register('/sw.js').then(function () { return navigator.serviceWorker.ready; }, function () { return null; });
  }
  const end = say(await (kept ? ask(kept.active) : alone()));
  if (end.ready) show(kept ? '[data-ready]' : '[data-open]');
}

// A worker that cannot be installed never becomes ready: after a while nobody is told to wait for it.
function begin() {
  const done = function () { place.removeAttribute('aria-busy'); };
  start().then(done, done);
  setTimeout(done, 5000);
}
place.setAttribute('aria-busy', 'true');
if (document.readyState === 'complete') begin();
else addEventListener('load', begin);
