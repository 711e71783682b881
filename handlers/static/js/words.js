// The texts of the page, from the catalogues: they come with it, in its language.
const words = JSON.parse(document.querySelector('[data-island]').dataset.words);

// A text with its arguments in the place of %d and %s, or of %[2]s where the languages differ in order. A missing one shows its key.
export function t(key) {
  const args = Array.prototype.slice.call(arguments, 1);
  let text = words[key];
  if (text === undefined) return key;
  if (typeof text === 'object') text = args.indexOf(1) >= 0 ? text.one : text.other;
  let n = 0;
  return text.replace(/%(?:\[(\d)\])?[ds]/g, function (all, at) { return String(args[at ? at - 1 : n++]); });
}

export const english = document.documentElement.lang === 'en';

const weekdays = english ? ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'] : ['星期日', '星期一', '星期二', '星期三', '星期四', '星期五', '星期六'];
const months = ['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September', 'October', 'November', 'December'];

// A day as people say it: 11月23日 星期一. By hand: the browser's own formats cost a slow phone more than the rest of a view.
export function day(iso) {
  const d = new Date(iso + 'T00:00:00Z');
  const week = weekdays[d.getUTCDay()];
  return english ? week + ' ' + d.getUTCDate() + ' ' + months[d.getUTCMonth()].slice(0, 3) : d.getUTCMonth() + 1 + '月' + d.getUTCDate() + '日 ' + week;
}

// The month of a day in short: 11月.
export function month(iso) {
  const n = Number(iso.slice(5, 7));
  return english ? months[n - 1] : n + '月';
}

// The date in the county, which is eight hours ahead wherever a phone says that it is.
export function today(at) {
  return new Date((at || Date.now()) + 8 * 3600000).toISOString().slice(0, 10);
}

// The time of day in the county: 20:05.
export function clock(iso) {
  return new Date(Date.parse(iso) + 8 * 3600000).toISOString().slice(11, 16);
}
