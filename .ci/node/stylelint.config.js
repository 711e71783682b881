// Our style sheet must hold in Chromium 78, the oldest kernel in use. See floor.js.
export default {
  plugins: ['./floor.js'],
  reportDescriptionlessDisables: true,
  reportNeedlessDisables: true,
  rules: {
    'huotang/floor': [
      78,
      {
        // Where these are unknown the page is as usable and only a little plainer.
        harmless: ['text-underline-offset', 'text-decoration-thickness', 'accent-color', 'color-scheme', 'print-color-adjust', 'scrollbar-gutter', 'text-wrap'],
      },
    ],
    'at-rule-no-unknown': true,
    'block-no-empty': true,
    'color-no-invalid-hex': true,
    'declaration-block-no-duplicate-properties': [true, { ignore: ['consecutive-duplicates-with-different-values'] }],
    'declaration-property-value-no-unknown': true,
    'function-no-unknown': true,
    'media-feature-name-no-unknown': true,
    'property-no-unknown': true,
    'selector-pseudo-class-no-unknown': true,
    'selector-pseudo-element-no-unknown': true,
    'unit-no-unknown': true,
  },
};
