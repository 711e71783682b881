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

// A day as people say it: 11月23日 星期一.
export function day(iso) {
  const d = new Date(iso + 'T00:00:00Z');
  const options = { month: english ? 'short' : 'long', day: 'numeric', weekday: english ? 'short' : 'long', timeZone: 'UTC' };
  return d.toLocaleDateString(english ? 'en-GB' : 'zh-CN', options).replace(/日(?=星)/, '日 ');
}

// The month of a day in short: 11月.
export function month(iso) {
  const d = new Date(iso + 'T00:00:00Z');
  return english ? d.toLocaleDateString('en-GB', { month: 'long', timeZone: 'UTC' }) : d.getUTCMonth() + 1 + '月';
}

// The date in the county, which is eight hours ahead wherever a phone says that it is.
export function today(at) {
  return new Date((at || Date.now()) + 8 * 3600000).toISOString().slice(0, 10);
}

// The time of day in the county: 20:05.
export function clock(iso) {
  return new Date(Date.parse(iso) + 8 * 3600000).toISOString().slice(11, 16);
}
