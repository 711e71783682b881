// Roll call. The radio buttons, ticks and number inputs are the truth; this keeps the counters beside them live,
// lets a second tap take a mark back, and runs the steppers.
const form = document.querySelector('form[data-roll]');

function each(selector, fn) {
  document.querySelectorAll(selector).forEach(fn);
}
function count() {
  const n = { present: 0, on_leave: 0, absent: 0, none: 0, due: 0, villagers: 0, heads: 0 };
  each('.marks > li', function (row) {
    const r = row.querySelector('input:checked');
    const state = (r && r.value) || 'none';
    if (state === 'none' && row.hasAttribute('data-exempt')) return; // nobody asks about who need not come
    n[state]++;
    n.due++;
  });
  n.villagers = form.querySelectorAll('.chips input:checked').length;
  each('[data-extra] input', function (i) { if (i.value.trim()) n.villagers++; });
  each('.stepper input', function (i) { n.heads += Math.max(0, parseInt(i.value, 10) || 0); });
  n.all = n.present + n.villagers + n.heads;
  each('[data-count]', function (el) { el.textContent = n[el.dataset.count]; });
  each('[data-if]', function (el) { el.hidden = !n[el.dataset.if]; });
  // The next step carries the strong colour: first 应到的都到了, then handing in.
  const untouched = n.due > 0 && n.none === n.due;
  form.querySelector('[data-all]').classList.toggle('main', untouched);
  form.querySelector('[data-hand-in]').classList.toggle('main', !untouched);
}

// A tap on the chosen state takes it back to 未点. Keys move between radios as the browser does.
let before = null;
form.addEventListener('pointerdown', function (e) {
  const label = e.target.closest('.marks label');
  const radio = label && document.getElementById(label.htmlFor);
  before = radio && radio.checked && radio.value ? radio : null;
});
form.addEventListener('click', function (e) {
  const label = e.target.closest('.marks label');
  const step = e.target.closest('[data-step]');
  if (label && before && label.htmlFor === before.id) {
    e.preventDefault();
    before.closest('.seg').querySelector('.none').checked = true;
    before = null;
  } else if (e.target.closest('[data-all]')) {
    e.preventDefault();
    each('.marks > li', function (row) {
      if (row.querySelector('.none').checked && !row.hasAttribute('data-exempt')) row.querySelector('input[value=present]').checked = true;
    });
  } else if (step) {
    const input = step.parentNode.querySelector('input');
    const v = (parseInt(input.value, 10) || 0) + Number(step.dataset.step);
    input.value = Math.max(0, Math.min(Number(input.max) || 999, v));
  } else if (e.target.closest('[data-more]')) {
    const list = form.querySelector('[data-extra]');
    const next = list.lastElementChild.cloneNode();
    next.value = '';
    list.appendChild(next).focus();
  } else return;
  count();
});
// Enter in a name goes to the next name instead of handing in the roll.
form.addEventListener('keydown', function (e) {
  if (e.key !== 'Enter' || !e.target.closest('[data-extra]')) return;
  e.preventDefault();
  if (e.target.nextElementSibling) e.target.nextElementSibling.focus();
  else if (e.target.value.trim()) form.querySelector('[data-more]').click();
});
form.addEventListener('change', count);
form.addEventListener('input', count);
window.addEventListener('pageshow', count);
count();
