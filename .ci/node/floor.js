// A stylelint plugin: refuses what the oldest Chromium in use does not understand, by MDN's compatibility data:
// properties, their keywords, functions, units, at-rules, media features, pseudo-classes, nesting, gap in flex boxes.
// What stands inside @supports asks first and is left alone. `harmless` names properties that only look plainer there.
import { createRequire } from 'node:module';
import selectorParser from 'postcss-selector-parser';
import valueParser from 'postcss-value-parser';
import stylelint from 'stylelint';

const { css } = createRequire(import.meta.url)('@mdn/browser-compat-data');
const ruleName = 'huotang/floor';
const messages = stylelint.utils.ruleMessages(ruleName, {
  rejected: (what, floor) => `${what} is not in Chromium ${floor}`,
});

const newUnits = [
  [/^[dsl]v(h|w|i|b|min|max)$/, css.types.length.viewport_percentage_units_dynamic],
  [/^cq(h|w|i|b|min|max)$/, css.types.length.container_query_length_units],
];

// Where the data keeps functions: min() directly, oklch() under color, conic-gradient() under gradient, and so on.
const functionGroups = [css.types, ...['color', 'gradient', 'image', 'transform-function', 'filter-function', 'basic-shape', 'easing-function'].map((g) => css.types[g] || {})];

const known = (entry, floor) => {
  if (!entry || !entry.__compat) return true; // not in the data: stylelint's own rules judge spelling
  return [entry.__compat.support.chrome].flat().some((s) => {
    const version = (v) => (typeof v === 'string' ? parseFloat(v.replace('≤', '')) : NaN);
    return !s.flags && !s.prefix && !s.alternative_name && version(s.version_added) <= floor && !(version(s.version_removed) <= floor);
  });
};

function* inDeclaration(decl, floor, harmless) {
  const prop = decl.prop.toLowerCase();
  const data = prop.startsWith('-') ? undefined : css.properties[prop];
  if (harmless.has(prop)) return;
  const prefixed = decl.parent.nodes.some((n) => n.prop === `-webkit-${prop}`); // stands beside it
  if (!prefixed && !known(data, floor)) yield prop;

  const value = valueParser(decl.value);
  if (prop === 'display' && value.nodes.filter((n) => n.type === 'word' && !n.value.startsWith('!')).length > 1) yield 'display with two keywords';
  const found = [];
  value.walk((node) => {
    const name = node.value.toLowerCase();
    if (node.type === 'function') {
      const entries = functionGroups.map((g) => g[name] || g[`${name}-function`]).concat(data?.[name], data?.[`${name}_function`]);
      const entry = entries.find((e) => e && e.__compat);
      if (prop !== 'clip' && !known(entry, floor)) found.push(`${name}()`); // clip has an old rect() of its own
      if (node.nodes[0]?.value === 'from' && entry?.relative_syntax) found.push('a relative colour');
      if (name === 'url') return false;
    } else if (node.type === 'word') {
      const unit = valueParser.unit(name)?.unit;
      const entry = unit ? newUnits.find(([pattern]) => pattern.test(unit))?.[1] || css.types.length[unit] : data?.[name] || css.types.global_keywords[name];
      if (!known(entry, floor)) found.push(unit ? `the unit ${unit}` : `${prop}: ${name}`);
    }
  });
  yield* found;

  if (/^(row-|column-)?gap$/.test(prop)) {
    const others = decl.parent.nodes.filter((n) => n.type === 'decl');
    const safe = others.some((d) => (d.prop === 'display' && /grid/.test(d.value)) || /^(columns|column-count|column-width|grid(-template.*)?)$/.test(d.prop));
    if (!safe && !known(css.properties[prop].flex_context, floor)) yield `${prop} outside a grid (write grid-${prop} where it is one)`;
  }
}

function* inSelector(rule, floor) {
  const found = [];
  selectorParser((root) =>
    root.walk((node) => {
      if (node.type === 'nesting') found.push('&');
      if (node.type !== 'pseudo' || node.value.startsWith('::-') || node.value.startsWith(':-')) return;
      const name = node.value.replace(/^::?/, '').toLowerCase();
      if (!known(css.selectors[name], floor)) found.push(node.value);
      if (name === 'not' && (node.nodes.length > 1 || /[ >+~]/.test(String(node.nodes[0]).trim())) && !known(css.selectors.not.selector_list, floor)) found.push(':not() of more than a simple selector');
      if (/^nth-(last-)?child$/.test(name) && /\bof\b/.test(String(node))) found.push(`${node.value}(… of …)`);
    }),
  ).processSync(rule.selector);
  yield* found;
}

function* inAtRule(rule, floor) {
  const name = rule.name.toLowerCase();
  if (name.startsWith('-')) return;
  const data = css['at-rules'][name];
  if (rule.parent.name === 'page' || !data || !known(data, floor)) {
    yield `@${name}`;
    return;
  }
  if (name === 'import' && /\b(layer|supports)\b/.test(rule.params)) yield '@import with layer or supports';
  if (name !== 'media') return;
  if (/[<>=]/.test(rule.params)) yield 'a media range with < or >';
  for (const [, feature] of rule.params.matchAll(/\(\s*([a-z-]+)/gi)) {
    if (!known(data[feature.replace(/^(min|max)-/, '')], floor)) yield `@media (${feature})`;
  }
}

const plugin = (floor, options) => (root, result) => {
  const harmless = new Set(options?.harmless);
  const asksFirst = (node) => {
    for (let p = node.parent; p; p = p.parent) if (p.type === 'atrule' && p.name === 'supports') return true;
    return false;
  };
  const nested = (node) => {
    for (let p = node.parent; p; p = p.parent) if (p.type === 'rule') return true;
    return false;
  };
  root.walk((node) => {
    if (node.type === 'comment' || asksFirst(node)) return;
    const found = [];
    if (node.type !== 'decl' && nested(node)) found.push('nesting');
    if (node.type === 'decl') found.push(...inDeclaration(node, floor, harmless));
    if (node.type === 'rule' && !/keyframes$/.test(node.parent.name || '')) found.push(...inSelector(node, floor));
    if (node.type === 'atrule') found.push(...inAtRule(node, floor));
    for (const what of found) {
      stylelint.utils.report({ ruleName, result, node, message: messages.rejected(what, floor) });
    }
  });
};
plugin.ruleName = ruleName;
plugin.messages = messages;

export default stylelint.createPlugin(ruleName, plugin);
