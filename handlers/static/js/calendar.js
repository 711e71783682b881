// Moving activity days in the month: by dragging with mouse or finger, or by the arrow keys. What speaks against a date is
// asked while a day is over it. Nothing moves on the page until the server has moved it; then the page is read again, with the
// way back on top. Without this module a day is moved by the form on its own page.
import { uuid } from './huotang.js';

const root = document.documentElement;
const table = document.querySelector('[data-moves]');
const bar = document.getElementById('carry');
const words = table.dataset;
const told = {}; // what was answered about a day on a date

let weeks = null; // the table of weeks that a phone shows while a finger carries a day

function cellOf(on) {
  return (weeks || table).querySelector('td[data-date="' + on + '"]');
}

function cells() {
  return (weeks || table).querySelectorAll('td.over');
}

// An ISO date n days on.
function daysOn(on, n) {
  const d = new Date(on + 'T00:00:00Z');
  d.setUTCDate(d.getUTCDate() + n);
  return d.toISOString().slice(0, 10);
}

let carried = null; // { item, to, by, moved, x, y, ghost }

function say(lines) {
  bar.textContent = '';
  lines.forEach(function (line) {
    const p = document.createElement('p');
    p.textContent = line;
    bar.appendChild(p);
  });
  bar.hidden = lines.length === 0;
}

function name(item) {
  return item.querySelector('a').textContent;
}

// What the bar says of the day over its date.
function show() {
  const c = carried;
  const item = c.item;
  const cell = cellOf(c.to);
  cells().forEach(function (td) { td.classList.remove('over'); });
  if (cell) cell.classList.add('over');
  if (c.to === item.dataset.date) {
    say([name(item) + ' ' + words.wordSame]);
    return;
  }
  const lines = [name(item) + ' ' + words.wordTo + ' ' + (cell ? cell.dataset.label : c.to)];
  if ('told' in item.dataset) lines.push(words.wordTold);
  if (!('looks' in item.dataset)) {
    say(lines);
    return;
  }
  const key = item.dataset.day + c.to;
  if (told[key]) {
    say(lines.concat(told[key]));
    return;
  }
  say(lines.concat(words.wordWait));
  clearTimeout(c.asking);
  c.asking = setTimeout(function () { ask(c, key); }, 120);
}

function ask(c, key) {
  const to = c.to;
  fetch('/api/v1/calendar/days/' + c.item.dataset.day + '/look?on=' + to, { headers: { 'Accept-Language': root.lang } })
    .then(function (r) { return r.ok ? r.json() : { words: [] }; })
    .then(function (v) {
      told[key] = v.words.length ? v.words : [words.wordGood];
      if (carried === c && c.to === to) show();
    })
    .catch(function () {
      if (carried === c && c.to === to) say([bar.firstChild ? bar.firstChild.textContent : '']);
    });
}

function lift(item, by) {
  carried = { item: item, to: item.dataset.date, by: by };
  item.classList.add('lifted');
  document.body.classList.add('carrying');
}

function put() {
  const c = carried;
  if (!c) return;
  clearTimeout(c.asking);
  c.item.classList.remove('lifted');
  document.body.classList.remove('carrying');
  cells().forEach(function (td) { td.classList.remove('over'); });
  if (c.ghost) c.ghost.remove();
  if (weeks) weeks.remove();
  weeks = null;
  carried = null;
}

function failed(text) {
  say([words.wordFailed + text]);
}

// Asks the server to move the day. The answer to a fault is in words; the day has not moved.
function move(item, to) {
  const was = item.dataset.date;
  item.setAttribute('aria-busy', 'true');
  fetch('/api/v1/calendar/days/' + item.dataset.day + '/move', {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'Accept-Language': root.lang, 'Idempotency-Key': uuid() },
    body: JSON.stringify({ to: to }),
  }).then(function (r) {
    if (r.ok) {
      const q = new URLSearchParams(words.query);
      q.set('moved', item.dataset.day);
      q.set('was', was);
      if ('hand' in item.dataset) q.set('hand', 'true');
      location.assign('/calendar?' + q);
      return null;
    }
    return r.json().then(function (p) {
      item.removeAttribute('aria-busy');
      const fault = p.errors && p.errors[0];
      failed(fault ? fault.message : p.title);
    });
  }).catch(function () {
    item.removeAttribute('aria-busy');
    failed(words.wordOffline);
  });
}

function drop() {
  const c = carried;
  put();
  if (c.to === c.item.dataset.date) say([]);
  else move(c.item, c.to);
}

// Keys: arrows lift and carry, Enter drops, Esc and leaving put back.
const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
table.addEventListener('keydown', function (e) {
  const item = e.target.closest('[data-day]');
  if (!item || e.altKey || e.ctrlKey || e.metaKey) return;
  if (steps[e.key]) {
    e.preventDefault();
    if (!carried) lift(item, 'keys');
    const to = daysOn(carried.to, steps[e.key]);
    if (cellOf(to)) carried.to = to;
    show();
  } else if (carried && e.key === 'Enter') {
    e.preventDefault();
    drop();
  } else if (carried && e.key === 'Escape') {
    e.preventDefault();
    put();
    say([]);
  }
});
table.addEventListener('focusout', function () {
  if (carried && carried.by === 'keys') {
    put();
    say([]);
  }
});

// On a phone the page has the dates one below the other, and only those on which there is something. While a finger carries a day, all
// dates of the page stand as a table of weeks in the half of the screen where the finger is not; outside of it nothing is moved.
function spread(y) {
  if (!matchMedia('(max-width: 47.99em)').matches) return;
  const above = y > innerHeight / 2;
  weeks = document.createElement('table');
  weeks.className = 'weeks' + (above ? '' : ' below');
  weeks.setAttribute('aria-hidden', 'true'); // the bar says it
  const head = weeks.createTHead().insertRow();
  table.querySelectorAll('thead th').forEach(function (th) { head.insertCell().textContent = th.textContent; });
  const body = weeks.createTBody();
  table.querySelectorAll('tbody tr').forEach(function (tr) {
    const row = body.insertRow();
    tr.querySelectorAll('td').forEach(function (td) {
      const cell = row.insertCell();
      cell.dataset.date = td.dataset.date;
      cell.dataset.label = td.dataset.label;
      cell.className = ['beside', 'today'].filter(function (c) { return td.classList.contains(c); }).join(' ');
      const day = document.createElement('b');
      day.textContent = String(Number(td.dataset.date.slice(-2)));
      const lunar = document.createElement('small');
      lunar.textContent = td.querySelector('.date small').textContent;
      cell.appendChild(day);
      cell.appendChild(lunar);
    });
  });
  document.body.appendChild(weeks);
  bar.classList.toggle('up', !above);
}

// Pointers: a mouse drags the whole entry; a finger drags its handle, so that the page still scrolls under it.
function follow(e) {
  const c = carried;
  c.ghost.style.transform = 'translate(' + (e.clientX - c.x) + 'px,' + (e.clientY - c.y) + 'px)';
  const edge = 48;
  if (!weeks && e.clientY < edge) scrollBy(0, -edge / 4); // else all dates are on the screen
  else if (!weeks && e.clientY > innerHeight - edge) scrollBy(0, edge / 4);
  const under = document.elementFromPoint(e.clientX, e.clientY);
  const cell = under && under.closest('td[data-date]');
  const to = cell ? cell.dataset.date : c.item.dataset.date;
  if (to !== c.to || !c.shown) {
    c.to = to;
    c.shown = true;
    show();
  }
}

let pressed = null;
table.addEventListener('pointerdown', function (e) {
  const item = e.target.closest('[data-day]');
  const byFinger = e.pointerType !== 'mouse';
  if (!item || e.button !== 0 || !e.isPrimary || (byFinger && !e.target.closest('.grip'))) return;
  pressed = { item: item, x: e.clientX, y: e.clientY };
});
document.addEventListener('pointermove', function (e) {
  if (pressed && !carried && Math.abs(e.clientX - pressed.x) + Math.abs(e.clientY - pressed.y) > 6) {
    lift(pressed.item, 'pointer');
    carried.x = pressed.x;
    carried.y = pressed.y;
    const ghost = pressed.item.cloneNode(true);
    const box = pressed.item.getBoundingClientRect();
    ['data-day', 'data-date'].forEach(function (a) { ghost.removeAttribute(a); });
    ghost.className = 'placed ghost';
    ghost.setAttribute('aria-hidden', 'true');
    ghost.style.left = box.left + 'px';
    ghost.style.top = box.top + 'px';
    ghost.style.width = box.width + 'px';
    document.body.appendChild(ghost);
    carried.ghost = ghost;
    spread(e.clientY);
    if (weeks) { // small, and above the finger, so that the date under it can be seen
      ghost.style.left = (pressed.x - 70) + 'px';
      ghost.style.top = (pressed.y - 90) + 'px';
      ghost.style.width = '9rem';
    }
  }
  if (carried && carried.by === 'pointer') follow(e);
});
document.addEventListener('pointerup', function () {
  pressed = null;
  if (!carried || carried.by !== 'pointer') return;
  const stop = function (e) { e.preventDefault(); e.stopPropagation(); };
  document.addEventListener('click', stop, { capture: true, once: true }); // the end of a drag opens nothing
  setTimeout(function () { document.removeEventListener('click', stop, true); }, 0);
  drop();
});
function giveUp() {
  pressed = null;
  if (!carried) return;
  put();
  say([]);
}
document.addEventListener('pointercancel', giveUp);
document.addEventListener('keydown', function (e) {
  if (e.key === 'Escape' && carried && carried.by === 'pointer') giveUp();
});
table.addEventListener('dragstart', function (e) { if (e.target.closest('[data-day]')) e.preventDefault(); });

table.querySelectorAll('[data-day]').forEach(function (item) {
  const grip = document.createElement('span');
  grip.className = 'grip';
  grip.setAttribute('aria-hidden', 'true');
  grip.textContent = '⠿';
  item.insertBefore(grip, item.firstChild);
  item.querySelector('a').setAttribute('aria-describedby', 'how');
});
