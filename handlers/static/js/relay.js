// The text by which somebody else hands a roll in (请人代传); its form is in the documentation of models/relay.
import './store.js';

const store = self.huotang.store;

function bytes64(s) {
  return Uint8Array.from(atob(s.replace(/-/g, '+').replace(/_/g, '/')), function (c) { return c.charCodeAt(0); });
}

function text64(bytes) {
  let s = '';
  bytes.forEach(function (b) { s += String.fromCharCode(b); });
  return btoa(s).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}

// Compressed where the browser can: CompressionStream came with Chromium 80.
async function body(json) {
  const plain = new TextEncoder().encode(json);
  if (!self.CompressionStream) return { format: 2, bytes: plain };
  const packed = new Response(new Blob([plain]).stream().pipeThrough(new self.CompressionStream('deflate')));
  return { format: 1, bytes: new Uint8Array(await packed.arrayBuffer()) };
}

// The code of an item whose text is settled. Rejects where the phone has no key yet or the browser cannot encrypt (no https).
export async function code(item) {
  const kept = await store.get('kept', 'relay:' + item.account);
  if (!kept || !self.crypto || !crypto.subtle) throw new Error('no key');
  const b = await body(JSON.stringify(Object.assign({ session: item.session }, JSON.parse(item.text))));
  const head = new Uint8Array(9);
  head[0] = b.format;
  head.set(bytes64(kept.key_id), 1);
  const nonce = crypto.getRandomValues(new Uint8Array(12));
  const key = await crypto.subtle.importKey('raw', bytes64(kept.key), 'AES-GCM', false, ['encrypt']);
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: head }, key, b.bytes));
  const whole = new Uint8Array(21 + sealed.length);
  whole.set(head);
  whole.set(nonce, 9);
  whole.set(sealed, 21);
  return 'HT1.' + text64(whole) + '.'; // the full stop ends it: messengers put words behind
}
