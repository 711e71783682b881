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

  // Pictures that may be sent: those of sessions whose roll the server has. The roll goes first.
  async function pictures() {
    const all = (await album.all('photos').catch(function () { return []; })).filter(function (p) { return !p.sent; });
    if (!all.length) return all;
    const waits = {};
    (await store.all('outbox')).forEach(function (i) { waits[i.session] = true; });
    (await store.all('drafts')).forEach(function (d) { if (!d.base && !d.after) waits[d.session] = true; });
    return all.filter(function (p) { return !waits[p.session]; });
  }

  // Sends one picture, as sendOne an item. Its number was made with it: the same one again is the same picture.
  async function sendPicture(p, lang) {
    const bytes = await album.get('bytes', p.id);
    const keep = function (more) { return album.put('photos', Object.assign({}, p, more)); };
    if (!bytes) return album.remove('photos', p.id).then(function () { return 'stays'; }); // the browser has cleared it
    let answer;
    try {
      answer = await ask('/api/v1/sessions/' + p.session + '/photos/' + p.id + '?taken_at=' + encodeURIComponent(p.made_at), {
        method: 'PUT', headers: { 'Content-Type': 'image/jpeg', 'Accept-Language': lang }, body: bytes,
      }, longWall);
    } catch (e) { return 'offline'; }
    if (answer.status === 401) return 'sign-in';
    if (answer.status === 429 || answer.status >= 500) return 'later';
    if (!answer.ok) return keep({ fault: await fault(answer) }).then(function () { return 'stays'; });
    let got = null;
    try { got = await answer.json(); } catch (e) { /* not ours */ }
    if (!got || got.id !== p.id) return 'later';
    await album.write(['photos', 'bytes'], function (s) {
      s.photos.put(Object.assign({}, p, { sent: true, fault: null }));
      s.bytes.delete(p.id);
    });
    return 'sent';
  }

  async function sendEach(lang) {
    const who = {};
    let sent = 0;
    for (const step of [[await store.all('outbox'), sendOne], [null, sendPicture]]) {
      for (const item of step[0] || await pictures()) {
        if (!who[item.site]) who[item.site] = await refresh(item.site);
        const here = who[item.site];
        if (here.why && here.why !== 'none') return { sent: sent, why: here.why };
        if (here.account !== item.account) continue; // somebody else is signed in: the marker would be the wrong one
        const end = await step[1](item, lang);
        if (end === 'sent') { sent++; tell(); } else if (end !== 'stays') return { sent: sent, why: end };
      }
    }
    return { sent: sent, why: '' };
  }

  // Sends all that can be sent, in one page or the worker at a time. Gives how many went and why the others did not:
  // '' | 'offline' | 'sign-in' | 'later'.
  let running = null;
  function all(lang) {
    if (running) return running;
    const go = function () { return sendEach(lang || 'zh-CN'); };
    running = (navigator.locks ? navigator.locks.request('huotang-outbox', go) : go());
    const end = function () { running = null; tell(); };
    running.then(end, end);
    return running;
  }

  // For a page from the network: takes its school along and sends what waits. Gives whether the school is on the phone, and how many wait.
  async function bring(site, lang) {
    await store.device();
    const end = await refresh(site);
    if ((await store.keys('outbox')).length || (await pictures()).length) await all(lang);
    return { ready: Boolean(end.account), waiting: (await store.keys('outbox')).length };
  }

  root.send = { all: all, bring: bring, pictures: pictures, refresh: refresh, freeze: freeze, tell: tell };
})();
