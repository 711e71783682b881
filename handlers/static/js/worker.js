// The service worker, served as /sw.js with store.js and send.js before it: keeps the page of the roll call and what it is made of, so that it opens without a network;
// sends what waits when the signal comes back. Nothing of a person is in its cache: that is in the phone's own store, which it leaves
// alone when it gives way to a newer one. VERSION and the addresses are filled in when it is served.
const version = 'VERSION';
const shell = '/roll';
const pack = 'static:js/roll-call.pack'; // the page's own scripts, in one request
const shared = ['static:css/huotang.css', 'static:icons/sprite.svg', 'static:js/huotang.js']; // which the browser has from the page before
const wall = 8000; // milliseconds after which a page that can be had from the phone is no longer waited for

async function keep() {
  const c = await caches.open(version);
  await c.addAll(shared);
  const answer = await fetch(pack);
  if (!answer.ok) throw new Error('no scripts');
  const texts = await answer.json();
  const headers = { 'Content-Type': 'text/javascript; charset=utf-8' };
  await Promise.all(Object.keys(texts).map(function (path) { return c.put(path, new Response(texts[path], { headers: headers })); }));
}

self.addEventListener('install', function (e) {
  e.waitUntil(keep().then(renew).then(function () { return skipWaiting(); }));
});

self.addEventListener('activate', function (e) {
  e.waitUntil(caches.keys().then(function (names) {
    return Promise.all(names.filter(function (n) { return n !== version; }).map(function (n) { return caches.delete(n); }));
  }).then(function () { return clients.claim(); }));
});

// A page from the network, or after a while the one that the phone has. What needs a network is said by that page.
function page(request, path) {
  const home = path === '/' || path === '/today';
  const instead = home ? shell : shell + '?needs=' + encodeURIComponent(path);
  let late;
  const waited = new Promise(function (resolve) {
    if (!home) return;
    self.huotang.store.get('kept', 'me').then(function (me) { // else the phone has no names to show
      if (me) late = setTimeout(function () { resolve(Response.redirect(instead)); }, wall);
    }).catch(function () {});
  });
  const answer = fetch(request).catch(function () { return Response.redirect(instead); });
  answer.then(function () { clearTimeout(late); });
  return Promise.race([answer, waited]);
}

self.addEventListener('fetch', function (e) {
  const url = new URL(e.request.url);
  if (e.request.method !== 'GET' || url.origin !== location.origin) return;
  if (e.request.mode === 'navigate') {
    const kept = url.pathname === shell && caches.match(shell, { ignoreSearch: true });
    if (kept) e.respondWith(kept.then(function (r) { return r || fetch(e.request); }));
    else e.respondWith(page(e.request, url.pathname + url.search));
  } else if (url.pathname.startsWith('/static/') && /\.(js|css|svg)$/.test(url.pathname)) {
    e.respondWith(caches.match(url.pathname).then(function (r) { return r || fetch(e.request); }));
  }
});

self.addEventListener('sync', function (e) {
  if (e.tag === 'outbox') {
    e.waitUntil(self.huotang.send.all().then(function (end) { if (end.why === 'offline' || end.why === 'later') throw new Error(end.why); }));
  }
});

// 'sign-out': the names that somebody took along leave the phone with him, and the small views of pictures that are sent; what he has not
// sent yet stays.
async function forget() {
  const store = self.huotang.store;
  const me = await store.get('kept', 'me');
  const keys = await store.keys('kept');
  await store.write(['kept'], function (s) {
    keys.forEach(function (k) { if (k === 'me' || k.endsWith(':' + me)) s.kept.delete(k); });
  });
  const pictures = (await self.huotang.album.all('photos')).filter(function (p) { return p.sent && p.account === me; });
  if (pictures.length) await self.huotang.album.write(['photos'], function (s) { pictures.forEach(function (p) { s.photos.delete(p.id); }); });
}
// In which language and size of type a page is.
function look(lang, classes) {
  return lang + ' ' + (/elder-max/.test(classes) ? 2 : /elder/.test(classes) ? 1 : 0);
}

// The page itself. One of another build is none of ours: that one's worker brings all of it. Nor is what some hotel's network puts
// in its place.
async function renew() {
  const r = await fetch(shell, { cache: 'no-store' });
  if (!r.ok || r.headers.get('X-Shell') !== version) throw new Error('another page');
  const is = /<html lang="([^"]*)"(?: class="([^"]*)")?/.exec(await r.clone().text());
  const c = await caches.open(version);
  await c.put(shell, r);
  await self.huotang.store.put('kept', look(is[1], is[2] || ''), 'look').catch(function () {});
}

// What a page from the network asks for: its school, and the kept page in the language and size of type that it has itself.
async function take(asked) {
  const store = self.huotang.store;
  const end = await self.huotang.send.bring(asked.site, asked.lang).catch(function () { return { ready: false, waiting: 0, why: 'storage' }; });
  if (end.why) return end;
  if (await store.get('kept', 'look') !== look(asked.lang, asked.classes)) await renew();
  return end;
}
// What was on its way when somebody signed out brings his names once more: they leave again when it has come.
let taking = Promise.resolve();

self.addEventListener('message', function (e) {
  if (e.data === 'sign-out') {
    const pending = taking.catch(function () {});
    e.waitUntil(forget().then(function () { return pending; }).then(forget));
  }
  if (!e.data.site) return;
  const port = e.ports[0];
  taking = take(e.data);
  e.waitUntil(taking.then(function (end) { port.postMessage(end); }, function () { port.postMessage({ ready: false, waiting: 0 }); }).then(function () {
    return self.huotang.send.all(e.data.lang).catch(function () {}); // the pictures
  }));
});
