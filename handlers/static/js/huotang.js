// Entry of every page: only smooths what already works without it.
const root = document.documentElement;
root.classList.add('js');
if (/MicroMessenger/i.test(navigator.userAgent)) root.classList.add('wechat');

// A fresh key for a form that is sent again without a new page, so that it does not get the first answer.
export function freshKey(form) {
  const field = form.querySelector('input[data-key]');
  if (!field) return;
  const b = crypto.getRandomValues(new Uint8Array(16));
  b[6] = (b[6] & 15) | 64;
  b[8] = (b[8] & 63) | 128;
  const hex = Array.from(b, function (n) { return (n + 256).toString(16).slice(1); }).join('');
  field.value = hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

// Large type without reload: all switches turn together, the server is told in the background.
function turnElder(form) {
  const on = !root.classList.contains('elder');
  const body = new URLSearchParams(new FormData(form));
  root.classList.toggle('elder', on);
  if (!on) root.classList.remove('elder-max');
  fetch(form.action, { method: 'POST', body: body, keepalive: true, redirect: 'manual' }).catch(function () {});
  document.querySelectorAll('form[data-elder]').forEach(function (f) {
    const b = f.querySelector('button');
    f.elements.elder.value = on ? '0' : '1';
    b.setAttribute('aria-pressed', String(on));
    b.querySelector('span').textContent = on ? b.dataset.wordOff : b.dataset.wordOn;
    freshKey(f);
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

document.addEventListener('change', function (e) {
  if (e.target.matches('select[data-autosubmit]')) e.target.form.submit();
});

document.addEventListener('click', function (e) {
  if (e.target.closest('[data-print]')) window.print();
});

const errors = document.querySelector('.errors');
if (errors) errors.focus();
