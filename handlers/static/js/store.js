// What the phone keeps by itself: what it took along of a school, rolls that are being called, what waits to be sent, and receipts.
// Pages import this file and the service worker loads it by importScripts, so it exports nothing and stands at self.huotang.store.
//
//   kept    by name: 'device', 'me', 'school:SITE:ACCOUNT', 'relay:ACCOUNT', 'said', 'look', 'picking'
//   drafts  by session: a roll as it was tapped, written at each tap
//   outbox  by seq: an item as it will be sent; only its receipt takes it out
//   sent    by session: the last receipt, with what was sent
//
// Pictures lie in a database of their own, self.huotang.album, so that what happens to them befalls no roll:
//
//   photos  by id: of which session, when it was taken, a small view of it; whether it is sent, or why not
//   bytes   by id: the JPEG, until it is sent
(function () {
  const root = self.huotang = self.huotang || {};

  // The ways to a database, whose stores are given with their key, null for one that stands outside.
  function base(name, stores) {
    let opening = null;

    function open() {
      if (opening) return opening;
      opening = new Promise(function (resolve, reject) {
        const ask = indexedDB.open(name, 1); // throws where storage is refused
        ask.onupgradeneeded = function () {
          Object.keys(stores).forEach(function (s) { ask.result.createObjectStore(s, { keyPath: stores[s] }); });
        };
        ask.onerror = function () { reject(ask.error); };
        ask.onsuccess = function () {
          const db = ask.result;
          db.onversionchange = function () { db.close(); opening = null; };
          db.onclose = function () { opening = null; };
          resolve(db);
        };
      });
      opening.catch(function () { opening = null; });
      return opening;
    }

    // One transaction; done when it is on the disk. work gets its stores by name and may put a result into out.value.
    function run(mode, names, work) {
      return open().then(function (db) {
        return new Promise(function (resolve, reject) {
          const tx = db.transaction(names, mode, { durability: 'strict' });
          const out = {};
          const stores = {};
          names.forEach(function (n) { stores[n] = tx.objectStore(n); });
          tx.oncomplete = function () { resolve(out.value); };
          tx.onabort = function () { reject(tx.error || new Error('aborted')); };
          work(stores, out);
        });
      });
    }

    function keep(out) {
      return function (e) { out.value = e.target.result; };
    }

    return {
      open: open,
      write: function (names, work) { return run('readwrite', names, work); },
      get: function (name, key) { return run('readonly', [name], function (s, out) { s[name].get(key).onsuccess = keep(out); }); },
      all: function (name) { return run('readonly', [name], function (s, out) { s[name].getAll().onsuccess = keep(out); }); },
      keys: function (name) { return run('readonly', [name], function (s, out) { s[name].getAllKeys().onsuccess = keep(out); }); },
      put: function (name, value, key) { return run('readwrite', [name], function (s) { s[name].put(value, key); }); },
      remove: function (name, key) { return run('readwrite', [name], function (s) { s[name].delete(key); }); },
    };
  }

  // The device with the number of its last item; made at the first time.
  function device() {
    return root.store.get('kept', 'device').then(function (had) {
      if (had) return had;
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      const made = { id: Array.from(bytes, function (n) { return (n + 256).toString(16).slice(1); }).join(''), seq: 0 };
      return root.store.put('kept', made, 'device').then(function () { return made; });
    });
  }

  root.store = Object.assign(base('huotang', { kept: null, drafts: 'session', outbox: 'seq', sent: 'session' }), { device: device });
  root.album = base('huotang-photos', { photos: 'id', bytes: null });
})();
