// Fetches what a phone takes along, and sends what waits in the outbox: item by item, each for itself. Nothing leaves the outbox
// but by its receipt. Like store.js it is used by pages and by the service worker, and stands at self.huotang.send.
(function () {
  const root = self.huotang;
  const store = root.store;
  const album = root.album;
  const wall = 20000; // milliseconds that an answer may take
  const longWall = 180000; // and that of a picture, on the slowest of networks

  function ask(path, init, most) {
    const stop = new AbortController();
    const late = setTimeout(function () { stop.abort(); }, most || wall);
    const all = Object.assign({ credentials: 'same-origin', cache: 'no-store', signal: stop.signal }, init);
    return fetch(path, all).then(function (r) { clearTimeout(late); return r; }, function (e) { clearTimeout(late); throw e; });
  }

  // Tells every page of this browser that something has changed.
  function tell() {
    if (!self.BroadcastChannel) return;
    const c = new BroadcastChannel('huotang');
    c.postMessage('changed');
    c.close();
  }

  // Takes a school along. Gives whose sign-in it is: { account }, or { why: 'offline' | 'sign-in' | 'later' | 'none' }.
  async function refresh(site) {
    const me = await store.get('kept', 'me');
    const key = 'school:' + site + ':' + me;
    const had = me && await store.get('kept', key);
    let answer;
    try {
      answer = await ask('/api/v1/sites/' + site + '/phone', { headers: had ? { 'If-None-Match': had.tag } : {} });
    } catch (e) { return { why: 'offline' }; }
    if (answer.status === 304) return { account: me };
    if (answer.status === 401) return { why: 'sign-in' };
    if (answer.status === 403 || answer.status === 404) return { why: 'none' };
    let view = null;
    try { view = answer.ok ? await answer.json() : null; } catch (e) { /* some hotel's page, not ours */ }
    if (!view || !view.account) return { why: 'later' };
    await store.write(['kept'], function (s) {
      s.kept.put({ view: view, tag: answer.headers.get('ETag') }, 'school:' + site + ':' + view.account);
      s.kept.put(view.account, 'me');
    });
    await relayKey(view.account);
    return { account: view.account };
  }

  // The key with which a text for 代传 is sealed comes while there is a network, once for each account.
  async function relayKey(account) {
    try {
      const device = await store.device();
      if (await store.get('kept', 'relay:' + account)) return;
      const answer = await ask('/api/v1/device/relay-key', {
        method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ device: device.id }),
      });
      const key = answer.ok ? await answer.json() : null;
      if (key && key.key_id) await store.put('kept', key, 'relay:' + account);
    } catch (e) { /* next time */ }
  }

  // The item's text is made once, before it is first sent, and kept: the same number never says two things. A correction waits for
  // the receipt of what it corrects, which gives its base.
  async function freeze(item) {
    if (item.text) return item;
    const body = Object.assign({}, item.body);
    if (item.after) {
      const before = await store.get('sent', item.session);
      if (!before || before.receipt.seq < item.after) return null;
      body.base_revision = before.receipt.revision;
    }
    const whole = Object.assign({}, item, { text: JSON.stringify(body) });
    await store.put('outbox', whole);
    return whole;
  }

  async function fault(answer) {
    let p = {};
    try { p = await answer.json(); } catch (e) { /* no words */ }
    const lines = (p.errors || []).map(function (e) { return e.message; });
    return { status: answer.status, code: p.code || '', words: [p.title].concat(lines).filter(Boolean).join(' ') };
  }

  // When it is sent, by the phone's clock: the server tells from it how wrong the clock is. It is no part of what the item says.
  function stamped(text) { return text.replace(/\}$/, ',"sent_at":' + JSON.stringify(new Date().toISOString()) + '}'); }

  // Sends one item. Gives 'sent', 'stays' (this one only), or what keeps all of them: 'offline', 'sign-in', 'later'.
  async function sendOne(item, lang) {
    const whole = await freeze(item);
    if (!whole) return 'stays';
    let answer;
    try {
      answer = await ask('/api/v1/sessions/' + item.session + '/roll', {
        method: 'POST', headers: { 'Content-Type': 'application/json', 'Accept-Language': lang }, body: stamped(whole.text),
      });
    } catch (e) { return 'offline'; }
    if (answer.status === 401) return 'sign-in';
    if (answer.status === 429 || answer.status >= 500) return 'later';
    if (!answer.ok) {
      await store.put('outbox', Object.assign({}, whole, { fault: await fault(answer) }));
      return 'stays';
    }
    let receipt = null;
    try { receipt = await answer.json(); } catch (e) { /* not ours */ }
    if (!receipt || receipt.device !== whole.body.device || receipt.seq !== whole.seq) return 'later';
    const kept = Object.assign({}, whole, { receipt: receipt });
    delete kept.text;
    await store.write(['outbox', 'sent'], function (s) {
      s.outbox.delete(whole.seq);
      s.sent.put(kept);
    });
    return 'sent';
  }

  // Pictures to be sent by whoever is signed in: those of sessions whose roll the server has. The roll goes first. One that the server
  // refused is not sent again by itself: that costs the host's money each time.
  async function pictures(again) {
    const me = await store.get('kept', 'me');
    const all = (await album.all('photos').catch(function () { return []; })).filter(function (p) { return !p.sent && p.account === me && (again || !p.fault); });
    if (!all.length) return all;
    const waits = {};
    (await store.all('outbox')).forEach(function (i) { waits[i.session] = true; });
    (await store.all('drafts')).forEach(function (d) { if (!d.base && !d.after) waits[d.session] = true; });
    return all.filter(function (p) { return !waits[p.session]; });
  }

  // Changes a picture's row as it stands now; of one that is gone nothing is written, and nothing is given.
  function note(id, change) {
    return album.write(['photos', 'bytes'], function (s, out) {
      s.photos.get(id).onsuccess = function (e) {
        const now = e.target.result;
        if (now) out.value = change(now, s);
      };
    });
  }

  // Sends one picture, as sendOne an item. Its number was made with it: the same one again is the same picture. One that was taken away
  // after it was tried is taken away from the server.
  async function sendPicture(p, lang) {
    const at = '/api/v1/sessions/' + p.session + '/photos/' + p.id;
    const bytes = p.dropped ? null : await album.get('bytes', p.id);
    if (!bytes && !p.dropped) return album.remove('photos', p.id).then(function () { return 'stays'; }); // the browser has cleared it
    if (!p.dropped && !await note(p.id, function (now, s) { s.photos.put(Object.assign({}, now, { tried: true })); return true; })) return 'stays';
    let answer;
    try {
      answer = p.dropped ? await ask(at, { method: 'DELETE' }) : await ask(at + '?taken_at=' + encodeURIComponent(p.made_at), {
        method: 'PUT', headers: { 'Content-Type': 'image/jpeg', 'Accept-Language': lang }, body: bytes,
      }, longWall);
    } catch (e) { return 'offline'; }
    if (answer.status === 401) return 'sign-in';
    if (answer.status === 429 || answer.status >= 500) return 'later';
    if (p.dropped) return album.remove('photos', p.id).then(function () { return 'stays'; });
    if (!answer.ok) {
      const why = await fault(answer);
      return note(p.id, function (now, s) { s.photos.put(Object.assign({}, now, { fault: why })); }).then(function () { return 'stays'; });
    }
    let got = null;
    try { got = await answer.json(); } catch (e) { /* not ours */ }
    if (!got || got.id !== p.id) return 'later';
    await note(p.id, function (now, s) {
      if (now.dropped) return; // while it was on its way: the next run takes it back
      s.photos.put(Object.assign({}, now, { sent: true, fault: null }));
      s.bytes.delete(p.id);
    });
    return 'sent';
  }

  // Sends what next gives, one after the other, each once. What comes in meanwhile goes along.
  async function sendEach(next, send, lang) {
    const who = {};
    const tried = {};
    let sent = 0;
    for (;;) {
      const item = (await next()).filter(function (i) { return !tried[i.id || i.seq]; })[0];
      if (!item) return { sent: sent, why: '' };
      tried[item.id || item.seq] = true;
      if (!who[item.site]) who[item.site] = await refresh(item.site);
      const here = who[item.site];
      if (here.why && here.why !== 'none') return { sent: sent, why: here.why };
      if (here.account !== item.account) continue; // somebody else is signed in: the marker would be the wrong one
      const end = await send(item, lang);
      if (end === 'sent') { sent++; tell(); } else if (end !== 'stays') return { sent: sent, why: end };
    }
  }

  // One sending at a time, in one page or the worker. Who asks while one is going on gets another one after it, for what he has just
  // put there.
  function alone(name) {
    let running = null;
    let waits = null;
    return function start(work) {
      if (running) {
        if (!waits) waits = running.then(function () { waits = null; return start(work); }, function () { waits = null; return start(work); });
        return waits;
      }
      running = navigator.locks ? navigator.locks.request(name, work) : work();
      const end = function () { running = null; tell(); };
      running.then(end, end);
      return running;
    };
  }
  const outbox = alone('huotang-outbox');
  const views = alone('huotang-album'); // a picture on a slow network keeps no roll waiting

  function rolls(lang) {
    return outbox(function () { return sendEach(function () { return store.all('outbox'); }, sendOne, lang || 'zh-CN'); });
  }

  // Pictures, and with again also those that were refused before.
  function albums(lang, again) {
    return views(function () { return sendEach(function () { return pictures(again); }, sendPicture, lang || 'zh-CN'); });
  }

  // Sends all that can be sent, rolls first; again as for the pictures, when the host asks for it. Gives how many went and why the
  // others did not: '' | 'offline' | 'sign-in' | 'later'.
  async function all(lang, again) {
    const end = await rolls(lang);
    if (end.why || !(await pictures(again)).length) return end;
    const more = await albums(lang, again);
    return { sent: end.sent + more.sent, why: more.why };
  }

  // For a page from the network: takes its school along and sends what waits. Gives whether the school is on the phone, and how many
  // wait. Pictures are for whoever asked to send afterwards.
  async function bring(site, lang) {
    await store.device();
    const end = await refresh(site);
    if ((await store.keys('outbox')).length) await rolls(lang);
    return { ready: Boolean(end.account), waiting: (await store.keys('outbox')).length };
  }

  root.send = { all: all, bring: bring, refresh: refresh, freeze: freeze, tell: tell };
})();
