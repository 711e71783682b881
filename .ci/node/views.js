// Checks views (Go templates) named on the command line: the content security policy forbids inline script and style,
// and a few attributes are newer than the oldest Chromium in use.
import { readFileSync } from 'node:fs';

const blank = (s) => s.replace(/[^\n]/g, ' ');
const tag = /<([a-z][\w:-]*)((?:[^>"']|"[^"]*"|'[^']*')*)>/gi;
const attribute = /([^\s"'=<>/]+)(?:\s*=\s*("[^"]*"|'[^']*'|[^\s"'>]+))?/g;
const tooNew = new Set(['popover', 'popovertarget', 'popovertargetaction', 'inert', 'commandfor', 'shadowrootmode']);
const data = /^\s*type\s*=\s*["']?application\/(ld\+)?json\b/i;

let bad = 0;
for (const file of process.argv.slice(2)) {
  const text = readFileSync(file, 'utf8').replace(/\{\{[^]*?\}\}/g, blank).replace(/<!--[^]*?-->/g, blank);
  const report = (at, what) => {
    bad++;
    console.log(`${file}:${text.slice(0, at).split('\n').length}: ${what}`);
  };
  for (const { 1: name, 2: rest, index } of text.matchAll(tag)) {
    const names = [...rest.matchAll(attribute)].map((m) => [m[1].toLowerCase(), (m[2] || '').replace(/^["']|["']$/g, '')]);
    const has = (n) => names.some(([a]) => a === n);
    if (name.toLowerCase() === 'style') report(index, 'inline style sheet');
    if (name.toLowerCase() === 'script' && !has('src') && !data.test(rest)) report(index, 'inline script');
    for (const [a, value] of names) {
      if (a === 'style') report(index, `style attribute on <${name}>`);
      if (/^on[a-z]+$/.test(a)) report(index, `script in the attribute ${a}`);
      if (/^\s*javascript:/i.test(value)) report(index, `script in the address of ${a}`);
      if (tooNew.has(a)) report(index, `the attribute ${a} is too new`);
    }
  }
}
process.exit(bad > 0 ? 1 : 0);
