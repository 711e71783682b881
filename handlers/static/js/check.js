// 试试这部手机: tries what the phone can do, on the phone alone. Nothing is sent; the one request is for a second of video,
// when it is asked for.
import './huotang.js';

const list = document.querySelector('[data-check]');
const tags = {};
list.querySelectorAll('[data-try]').forEach(function (t) { tags[t.dataset.try] = t; });

function say(what, word) {
  const tag = tags[what];
  tag.textContent = list.dataset[word];
  tag.classList.toggle('on', word === 'yes');
  tag.classList.toggle('ask', word === 'no');
}

// Both stores that the roll is kept in, written to and read back.
function tryStorage() {
  return new Promise(function (resolve) {
    try {
      localStorage.setItem('check', '1');
      const kept = localStorage.getItem('check') === '1';
      localStorage.removeItem('check');
      if (!kept) { resolve(false); return; }
      const open = indexedDB.open('check', 1);
      open.onupgradeneeded = function () { open.result.createObjectStore('s'); };
      open.onerror = function () { resolve(false); };
      open.onsuccess = function () {
        const write = open.result.transaction('s', 'readwrite');
        write.objectStore('s').put('1', '1');
        write.oncomplete = function () { open.result.close(); indexedDB.deleteDatabase('check'); resolve(true); };
        write.onerror = function () { resolve(false); };
      };
    } catch (e) { resolve(false); }
  });
}

async function tryOffline() {
  if (!('serviceWorker' in navigator) || !('caches' in window)) return false;
  try {
    const c = await caches.open('check');
    await c.put('/check-nothing', new Response('1'));
    const kept = await c.match('/check-nothing');
    await caches.delete('check');
    return Boolean(kept);
  } catch (e) { return false; }
}

async function room() {
  if (!navigator.storage || !navigator.storage.estimate) return;
  const e = await navigator.storage.estimate();
  if (!e.quota) return;
  const note = list.querySelector('[data-room]');
  note.textContent = note.dataset.room.replace('{size}', Math.floor((e.quota - (e.usage || 0)) / 1048576));
}

say('storage', 'trying');
tryStorage().then(function (ok) { say('storage', ok ? 'yes' : 'no'); });
say('offline', 'trying');
tryOffline().then(function (ok) { say('offline', ok ? 'yes' : 'no'); });
room().catch(function () {});

const video = list.querySelector('[data-sample]');
list.querySelector('[data-play]').addEventListener('click', function () {
  say('video', 'trying');
  const late = setTimeout(function () { say('video', 'no'); }, 15000);
  const end = function (word) { clearTimeout(late); say('video', word); };
  video.onplaying = function () { end('yes'); };
  video.onerror = function () { end('no'); };
  const begun = video.play();
  if (begun) begun.catch(function () { end('no'); });
});

// The picture stays on the phone: only that there is one is looked at.
list.querySelector('[data-photo]').addEventListener('change', function (e) {
  const file = e.target.files[0];
  say('camera', file && file.size > 0 ? 'yes' : 'no');
  e.target.value = '';
});
