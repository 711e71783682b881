// Pictures of an evening: nobody needs any. They are made small on the phone, kept apart from the rolls, and sent after the roll of their
// session has its receipt. Opening the camera may end the page: whatever was tapped is written before.
import './store.js';
import { h, icon, button, state, settled, written, draw } from './page.js';
import { t } from './words.js';
import { uuid } from './huotang.js';
import { low } from './device.js';

const store = self.huotang.store;
const album = self.huotang.album;
const edge = 1600; // pixels of the longer side
const most = 250000; // bytes
const view = 160; // pixels of what is shown
const said = {}; // by session: what became of the last one

// How a camera held the phone, by the picture's own word: 1 to 8.
async function turned(file) {
  const b = new DataView(await new Response(file.slice(0, 65536)).arrayBuffer());
  if (b.byteLength < 4 || b.getUint16(0) !== 0xffd8) return 1;
  for (let at = 2; at + 12 < b.byteLength && b.getUint8(at) === 0xff; at += 2 + b.getUint16(at + 2)) {
    if (b.getUint16(at) !== 0xffe1 || b.getUint32(at + 4) !== 0x45786966) continue; // Exif
    const small = b.getUint16(at + 10) === 0x4949;
    const first = at + 10 + b.getUint32(at + 14, small);
    if (first + 2 > b.byteLength) return 1;
    for (let i = 0, n = b.getUint16(first, small); i < n && first + 14 + i * 12 <= b.byteLength; i++) {
      const entry = first + 2 + i * 12;
      if (b.getUint16(entry, small) === 0x0112) return b.getUint16(entry + 8, small);
    }
    return 1;
  }
  return 1;
}

function image(file) {
  return new Promise(function (resolve, reject) {
    const r = new FileReader();
    const img = new Image();
    img.onload = function () { resolve(img); };
    img.onerror = function () { reject(new Error('no picture')); };
    r.onload = function () { img.src = r.result; };
    r.onerror = function () { reject(r.error); };
    r.readAsDataURL(file);
  });
}

// The pixels of a picture, and how they are still to be turned: browsers before Chromium 81 leave that to us. Of one that is to be turned an
// element is made, for of bitmaps browsers were not of one mind.
async function decode(file) {
  const turn = await turned(file);
  if (turn === 1 && self.createImageBitmap) {
    const b = await createImageBitmap(file).catch(function () { return null; });
    if (b) return { source: b, turn: 1 };
  }
  return { source: await image(file), turn: self.CSS && CSS.supports('image-orientation', 'from-image') ? 1 : turn };
}

// The picture on a canvas, upright, its longer side so many pixels at most.
function paint(decoded, longest) {
  const source = decoded.source;
  const turn = decoded.turn;
  const scale = Math.min(1, longest / Math.max(source.width, source.height));
  const w = Math.max(1, Math.round(source.width * scale));
  const k = Math.max(1, Math.round(source.height * scale));
  const c = h('canvas', { width: turn > 4 ? k : w, height: turn > 4 ? w : k });
  const x = c.getContext('2d');
  const ways = [[-1, 0, 0, 1, w, 0], [-1, 0, 0, -1, w, k], [1, 0, 0, -1, 0, k], [0, 1, 1, 0, 0, 0], [0, 1, -1, 0, k, 0], [0, -1, -1, 0, k, w], [0, -1, 1, 0, 0, w]];
  x.fillStyle = '#fff'; // below what is transparent
  x.fillRect(0, 0, c.width, c.height);
  if (ways[turn - 2]) x.transform.apply(x, ways[turn - 2]);
  x.imageSmoothingQuality = 'high';
  x.drawImage(source, 0, 0, w, k);
  return c;
}

function jpeg(canvas, quality) {
  return new Promise(function (resolve, reject) {
    canvas.toBlob(function (b) {
      if (b) resolve(b);
      else reject(new Error('no JPEG'));
    }, 'image/jpeg', quality);
  });
}

// The picture as it is kept: under so many bytes, with nothing in it of where and by which phone it was taken.
async function shrink(file) {
  const decoded = await decode(file);
  const thumb = paint(decoded, view).toDataURL('image/jpeg', 0.7);
  for (let longest = edge; ; longest *= 0.7) {
    const canvas = paint(decoded, longest);
    for (const quality of [0.8, 0.65, 0.5]) {
      const b = await jpeg(canvas, quality);
      if (b.size <= most || longest < 400) return { thumb: thumb, bytes: await new Response(b).arrayBuffer() };
    }
  }
}

// Puts a picture to the evening. A phone that is nearly full takes none: the room is for rolls.
async function add(of, file) {
  if (await low()) return 'phone.photo_full';
  let made;
  try { made = await shrink(file); } catch (e) { return 'phone.photo_bad'; }
  const p = { id: uuid(), session: of.session, site: of.site, account: of.account, who: of.who || of.recorder, held_on: of.held_on, made_at: new Date().toISOString(), thumb: made.thumb, sent: false };
  try {
    await album.write(['photos', 'bytes'], function (s) {
      s.photos.put(p);
      s.bytes.put(made.bytes, p.id);
    });
  } catch (e) { return 'phone.photo_full'; }
  state.photos = state.photos.concat(p);
  return '';
}

async function addAll(of, files) {
  said[of.session] = 'phone.photo_working';
  draw();
  let end = '';
  for (const f of files) end = await add(of, f) || end;
  said[of.session] = end;
  draw();
  if (!state.drafts[of.session]) self.huotang.send.all(document.documentElement.lang).catch(function () {});
}

// Takes a picture away. One that was on its way already may have arrived: it is then taken away there, too.
function drop(p) {
  album.write(['photos', 'bytes'], function (s, out) {
    s.photos.get(p.id).onsuccess = function (e) {
      const now = e.target.result;
      if (now && now.tried) s.photos.put(Object.assign({}, now, { dropped: true, fault: null }));
      else s.photos.delete(p.id);
      s.bytes.delete(p.id);
      out.value = Boolean(now && now.tried);
    };
  }).then(function (tried) {
    state.photos = state.photos.filter(function (o) { return o.id !== p.id; });
    draw();
    if (tried) self.huotang.send.all(document.documentElement.lang).catch(function () {});
  }, function () {});
}

// 'picking' stands while a picker is open. Who comes back from it takes the mark away; where the page was ended meanwhile, the next one
// finds it and says so.
function back() {
  if (document.visibilityState === 'visible') store.remove('kept', 'picking').catch(function () {});
}
document.addEventListener('visibilitychange', back);
addEventListener('focus', back);

export async function forgetPicking() {
  state.picking = await store.get('kept', 'picking') || '';
  if (state.picking) await store.remove('kept', 'picking');
}

// The fields stay the same while the page lives: a picker that is open answers to its own.
const fields = {};
function field(of, id, camera) {
  let had = fields[id + of.session];
  if (!had) {
    had = h('input', { type: 'file', id: id, class: 'sr', accept: 'image/*', capture: camera && 'environment', multiple: !camera });
    had.addEventListener('click', function (e) {
      if (!written()) {
        e.preventDefault();
        settled().then(function () { had.click(); });
        return;
      }
      store.put('kept', of.session, 'picking').catch(function () {});
    });
    had.addEventListener('change', function () {
      const files = Array.prototype.slice.call(had.files);
      had.value = '';
      state.picking = '';
      store.remove('kept', 'picking').catch(function () {});
      addAll(of, files);
    });
    fields[id + of.session] = had;
  }
  return had;
}

export function photoList(session) {
  const all = state.photos.filter(function (p) { return p.session === session && p.account === state.me && !p.dropped; });
  return all.length > 0 && h('ul', { class: 'album' }, all.map(function (p) {
    return h('li', null, h('img', { src: p.thumb, alt: t('phone.photo') }),
      p.sent ? h('span', { class: 'tag on' }, icon('check'), t('phone.photo_sent')) : button(t('phone.photo_drop'), function () { drop(p); }, 'slim'),
      p.fault && h('p', { class: 'small' }, p.fault.words));
  }));
}

// The part of a page about the pictures of an evening, a draft or what was handed in of it.
export function photos(of) {
  const words = state.picking === of.session ? 'phone.photo_killed' : said[of.session];
  return h('section', { id: 'photos' }, h('h2', null, t('phone.photos')), h('p', { class: 'hint' }, t('phone.photos_hint')),
    photoList(of.session), words && h('p', { role: 'status' }, t(words)),
    h('div', { class: 'btns pick' }, field(of, 'camera', true), h('label', { class: 'btn', for: 'camera' }, t('phone.photo_take')),
      field(of, 'gallery', false), h('label', { class: 'btn', for: 'gallery' }, t('phone.photo_choose'))));
}
