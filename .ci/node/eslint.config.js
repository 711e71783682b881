// Our scripts must run as they are in Chromium 78, the oldest kernel in use: no bundler rewrites them.
// Three nets: the grammar and library of ECMAScript (es-x), the browser's objects (compat, by caniuse and MDN data),
// and by name what those two do not know.
import js from '@eslint/js';
import compat from 'eslint-plugin-compat';
import es from 'eslint-plugin-es-x';
import globals from 'globals';

// Members of the browser's objects, known by name only. Asking whether one is there (`e.submitter || …`) is fine.
const tooNew = (since, ...names) => ({
  selector: `MemberExpression[property.name=/^(${names.join('|')})$/]:not(LogicalExpression > .left, IfStatement > .test, ConditionalExpression > .test)`,
  message: `Needs Chromium ${since}.`,
});

export default [
  js.configs.recommended,
  es.configs['flat/restrict-to-es2019'],
  es.configs['flat/restrict-to-es2019-intl-api'],
  es.configs['flat/no-new-in-esnext'],
  compat.configs['flat/recommended'],
  {
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    languageOptions: {
      ecmaVersion: 'latest', // parsed, so that what is too new is refused by name
      sourceType: 'module',
      globals: { ...globals.browser, ...globals.serviceworker },
    },
    settings: {
      targets: ['chrome 78'],
      lintAllEsApis: true,
      'es-x': { aggressive: true }, // a method is judged by its name, since types are unknown
    },
    rules: {
      'no-unused-vars': ['error', { caughtErrors: 'none' }],
      'no-empty': ['error', { allowEmptyCatch: true }],

      // In Chromium 78 although newer than ES2019.
      'es-x/no-bigint': 'off', // 67
      'es-x/no-class-instance-fields': 'off', // 72
      'es-x/no-class-static-fields': 'off', // 72
      'es-x/no-dynamic-import': 'off', // 63
      'es-x/no-export-ns-from': 'off', // 72
      'es-x/no-global-this': 'off', // 71
      'es-x/no-import-meta': 'off', // 64
      'es-x/no-numeric-separators': 'off', // 75
      'es-x/no-promise-all-settled': 'off', // 76
      'es-x/no-string-prototype-matchall': 'off', // 73

      // Named like old methods of arrays, so the name alone tells nothing.
      ...Object.fromEntries(
        ['every', 'filter', 'find', 'flatmap', 'foreach', 'map', 'reduce', 'some'].map((m) => [`es-x/no-iterator-prototype-${m}`, 'off']),
      ),

      'no-restricted-globals': ['error', 'structuredClone', 'scheduler', 'navigation', 'reportError', 'cookieStore'],
      'no-restricted-syntax': [
        'error',
        tooNew('81', 'submitter'),
        tooNew('84', 'wakeLock'),
        tooNew('86', 'replaceChildren', 'showDirectoryPicker', 'showOpenFilePicker', 'showSaveFilePicker'),
        tooNew('92', 'randomUUID'),
        tooNew('98', 'structuredClone'),
        tooNew('99 to 106', 'inert', 'checkVisibility', 'showPicker', 'throwIfAborted'),
        tooNew('111 or more', 'startViewTransition', 'hidePopover', 'showPopover', 'togglePopover', 'moveBefore',
          'getHTML', 'setHTML', 'setHTMLUnsafe', 'parseHTMLUnsafe'),
      ],
      'no-restricted-properties': [
        'error',
        { object: 'AbortSignal', property: 'timeout', message: 'needs Chromium 103.' },
        { object: 'AbortSignal', property: 'any', message: 'needs Chromium 116.' },
        { object: 'AbortSignal', property: 'abort', message: 'needs Chromium 93.' },
        { object: 'Response', property: 'json', message: 'needs Chromium 105; response.json() is fine.' },
        { object: 'URL', property: 'canParse', message: 'needs Chromium 120.' },
        { object: 'URL', property: 'parse', message: 'needs Chromium 126.' },
      ],
    },
  },
];
