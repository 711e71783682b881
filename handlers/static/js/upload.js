// A form with a file, sent with a progress bar. What was typed and the chosen file stay in the page when it fails.
const MB = 1048576;

function fill(message, values) {
  return message.replace(/\{(\w+)\}/g, function (_, k) { return values[k]; });
}
function mark(field, message) {
  field.classList.toggle('bad', Boolean(message));
  field.querySelector('.err').textContent = message;
}
// Size and kind are known before the first byte: say so at once.
function fits(input) {
  const file = input.files[0];
  const say = input.dataset;
  const max = Number(say.max);
  let message = '';
  if (file && !file.size) message = say.empty;
  else if (file && max && file.size > max) message = fill(say.large, { size: Math.ceil(file.size / MB), max: Math.floor(max / MB) });
  else if (file && say.ext && !say.ext.split(' ').includes(file.name.split('.').pop().toLowerCase())) message = fill(say.kind, { name: file.name });
  mark(input.closest('.field'), message);
  if (message) input.focus();
  return !message;
}
// A 422 answer is the same form with messages: take the messages, keep this page's fields and file.
function takeErrors(form, page) {
  const fresh = document.importNode(page.querySelector('.errors'), true);
  const old = document.querySelector('.errors');
  if (old) old.remove();
  form.parentNode.insertBefore(fresh, form);
  form.querySelectorAll('.err').forEach(function (mine) {
    const field = mine.closest('.field');
    const input = field.querySelector('[id][name]');
    const twin = input && page.getElementById(input.id);
    const err = twin && twin.closest('.field').querySelector('.err');
    mark(field, err ? err.textContent.trim() : '');
  });
  fresh.focus();
}

function start(form) {
  const input = form.querySelector('input[type=file]');
  const box = form.querySelector('[data-progress]');
  const bar = box.querySelector('progress');
  const stop = box.querySelector('[data-stop]');
  const say = box.dataset;
  let pressed = null;
  let xhr = null;

  function tell(message) {
    box.querySelector('[data-text]').textContent = message;
    box.querySelector('[data-sign-in]').hidden = message !== say.signedOut;
    box.hidden = !message;
    bar.hidden = stop.hidden = !xhr;
    form.querySelectorAll('button:not([data-stop])').forEach(function (b) { b.disabled = Boolean(xhr); });
  }
  function end(message) {
    xhr = null;
    tell(message);
    box.focus();
  }
  function send() {
    const data = new FormData(form);
    if (pressed && pressed.name) data.append(pressed.name, pressed.value);
    const began = Date.now();
    xhr = new XMLHttpRequest();
    xhr.upload.onprogress = function (e) {
      bar.max = e.total;
      bar.value = e.loaded;
      const left = (Date.now() - began) / e.loaded * (e.total - e.loaded) / 60000;
      tell(e.loaded < e.total ? fill(say.sending, { done: Math.floor(e.loaded / MB), all: Math.ceil(e.total / MB), left: Math.ceil(left) }) : say.saving);
    };
    xhr.onload = function () {
      const page = xhr.responseXML;
      if (xhr.status < 300) location.assign(xhr.responseURL);
      else if (xhr.status === 422 && page && page.querySelector('.errors')) {
        end('');
        takeErrors(form, page);
      } else end({ 401: say.signedOut, 413: say.large }[xhr.status] || say.failed);
    };
    xhr.onerror = function () { end(say.broken); };
    xhr.onabort = function () { end(say.stopped); };
    xhr.open('POST', form.action);
    xhr.responseType = 'document';
    tell(say.starting);
    xhr.send(data);
  }

  input.addEventListener('change', function () { fits(input); });
  form.addEventListener('click', function (e) { pressed = e.target.closest('button') || pressed; });
  form.addEventListener('submit', function (e) {
    if (!input.files.length) return;
    e.preventDefault();
    if (!xhr && fits(input)) send();
  });
  stop.addEventListener('click', function () { if (xhr) xhr.abort(); });
}

document.querySelectorAll('form[data-upload]').forEach(start);
