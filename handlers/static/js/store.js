// What the phone keeps by itself: what it took along of a school, rolls that are being called, what waits to be sent, and receipts.
// Pages import this file and the service worker loads it by importScripts, so it exports nothing and stands at self.huotang.store.
//
//   kept    by name: 'device', 'me', 'school:SITE:ACCOUNT', 'relay:ACCOUNT', 'said'
//   drafts  by session: a roll as it was tapped, written at each tap
//   outbox  by seq: an item as it will be sent; only its receipt takes it out
//   sent    by session: the last receipt, with what was sent
(function () {
  const root = self.huotang = self.huotang || {};
  let opening = null;

  function open() {
    if (opening) return opening;
    opening = new Promise(function (resolve, reject) {
      const ask = indexedDB.open('huotang', 1); // throws where storage is refused
      ask.onupgradeneeded = function () {
        const db = ask.result;
        db.createObjectStore('kept');
        db.createObjectStore('drafts', { keyPath: 'session' });
        db.createObjectStore('outbox', { keyPath: 'seq' });
        db.createObjectStore('sent', { keyPath: 'session' });
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

  // The device with the number of its last item; made at the first time.
  function device() {
    return root.store.get('kept', 'device').then(function (had) {
      if (had) return had;
      const bytes = crypto.getRandomValues(new Uint8Array(16));
      const made = { id: Array.from(bytes, function (n) { return (n + 256).toString(16).slice(1); }).join(''), seq: 0 };
      return root.store.put('kept', made, 'device').then(function () { return made; });
    });
  }

  root.store = {
    open: open,
    device: device,
    write: function (names, work) { return run('readwrite', names, work); },
    get: function (name, key) { return run('readonly', [name], function (s, out) { s[name].get(key).onsuccess = keep(out); }); },
    all: function (name) { return run('readonly', [name], function (s, out) { s[name].getAll().onsuccess = keep(out); }); },
    keys: function (name) { return run('readonly', [name], function (s, out) { s[name].getAllKeys().onsuccess = keep(out); }); },
    put: function (name, value, key) { return run('readwrite', [name], function (s) { s[name].put(value, key); }); },
    remove: function (name, key) { return run('readwrite', [name], function (s) { s[name].delete(key); }); },
  };
})();
