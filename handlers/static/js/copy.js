// Copies the text of a field. WeChat's browser and pages without https have no clipboard: there the old command does it, and the
// selection stays, so that a finger can copy it at the worst.
function byCommand(field) {
  field.focus();
  field.setSelectionRange(0, field.value.length);
  try {
    return document.execCommand('copy');
  } catch (e) {
    return false;
  }
}

function copy(field) {
  if (!navigator.clipboard) return Promise.resolve(byCommand(field));
  return navigator.clipboard.writeText(field.value).then(function () { return true; }, function () { return byCommand(field); });
}

document.addEventListener('click', function (e) {
  const button = e.target.closest('[data-copy]');
  if (!button) return;
  const field = document.querySelector('[data-copied]');
  copy(field).then(function (done) {
    if (done) document.querySelector('[data-copy-said]').textContent = button.dataset.copy;
  });
});

// A tap into the text takes all of it.
document.addEventListener('focusin', function (e) {
  if (e.target.matches('[data-copied]')) e.target.select();
});
