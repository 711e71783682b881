// Entry of every page: only smooths what already works without it.
const root = document.documentElement;
root.classList.add('js');
if (/MicroMessenger/i.test(navigator.userAgent)) root.classList.add('wechat');

// A random UUID, made by hand: crypto.randomUUID needs newer browsers, and https.
export function uuid() {
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 15) | 64;
  b[8] = (b[8] & 63) | 128;
  const hex = Array.from(b, function (n) { return (n + 256).toString(16).slice(1); }).join('');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

// A fresh key for a form that is sent again without a new page, so that it does not get the first answer.
export function freshKey(form) {
  const field = form.querySelector('input[data-key]');
  if (field) field.value = uuid();
}

// The worker of a registration once it runs, or null when it could not be installed.
export function running(registration) {
  const w = registration.installing || registration.waiting;
  if (registration.active || !w) return Promise.resolve(registration.active);
  return new Promise(function (resolve) {
    w.addEventListener('statechange', function () {
      if (w.state === 'activated') resolve(w);
      if (w.state === 'redundant') resolve(null);
    });
  });
}

// Another size of type without reload: all switches turn together, the server is told in the background.
function turnElder(form) {
  const step = Number(form.elements.elder.value);
  const next = (step + 1) % 3;
  const body = new URLSearchParams(new FormData(form));
  root.classList.toggle('elder', step > 0);
  root.classList.toggle('elder-max', step > 1);
  fetch(form.action, { method: 'POST', body: body, keepalive: true, redirect: 'manual' }).catch(function () {});
  document.querySelectorAll('form[data-elder=next]').forEach(function (f) {
    const b = f.querySelector('button');
    f.elements.elder.value = String(next);
    b.querySelector('span').textContent = b.dataset.words.split('|')[next];
  });
  document.querySelectorAll('form[data-elder=to]').forEach(function (f) {
    f.querySelector('button').setAttribute('aria-pressed', String(Number(f.elements.elder.value) === step));
  });
}

// A form is sent once: its buttons rest until the answer, the next showing of the page, or half a minute.
function rest(form, on) {
  form.querySelectorAll('button:not([type=button])').forEach(function (b) {
    if (on === b.disabled) return;
    b.disabled = on;
    if (on) b.setAttribute('aria-busy', 'true');
    else b.removeAttribute('aria-busy');
  });
}

document.addEventListener('submit', function (e) {
  const form = e.target;
  if (form.hasAttribute('data-elder')) {
    e.preventDefault();
    turnElder(form);
    return;
  }
  if (e.defaultPrevented || form.method !== 'post') return;
  // Whoever signs out takes the names along that lie on the phone; what he has not sent yet stays.
  if (form.getAttribute('action') === '/sign-out' && navigator.serviceWorker && navigator.serviceWorker.controller) navigator.serviceWorker.controller.postMessage('sign-out');
  // After this turn, so that the pressed button's own name and value are still sent.
  setTimeout(function () {
    if (e.defaultPrevented) return;
    rest(form, true);
    setTimeout(function () { rest(form, false); }, 30000);
  }, 0);
});

// Coming back by the back button must not meet a dead form.
window.addEventListener('pageshow', function () {
  document.querySelectorAll('button[aria-busy]').forEach(function (b) { rest(b.form, false); });
});

// A list goes at once to what a finger chose. The arrow keys pass over every entry on the way: they wait for the button.
let byKeys = false;
document.addEventListener('keydown', function () { byKeys = true; });
document.addEventListener('pointerdown', function () { byKeys = false; });
document.addEventListener('change', function (e) {
  if (!byKeys && e.target.matches('select[data-autosubmit]')) e.target.form.submit();
});

document.addEventListener('click', function (e) {
  if (e.target.closest('[data-print]')) window.print();
});

const errors = document.querySelector('.errors');
if (errors) errors.focus();
