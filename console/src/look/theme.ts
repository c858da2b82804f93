import {
  type CSSVariablesResolver,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  type VariantColorsResolver,
} from '@mantine/core';

/** Of the gate in the icon: quiet enough for a screen that is open all day, dark enough for text on white (WCAG 1.4.3). */
const pine: MantineColorsTuple = [
  '#e9f5f1',
  '#d3ebe4',
  '#a6d7c9',
  '#7fdbc7',
  '#4bb79d',
  '#1f9a80',
  '#0f7f69',
  '#0b6b5b',
  '#08564a',
  '#063e36',
];

/** Greys with a little of the same green, so that nothing looks like a stranger beside it. */
const gray: MantineColorsTuple = [
  '#f8f9f8',
  '#f2f4f2',
  '#e7ebe8',
  '#dae0dc',
  '#c3ccc7',
  '#9aa6a1',
  '#71807a',
  '#586460',
  '#36423d',
  '#16201d',
];
const dark: MantineColorsTuple = [
  '#ecf1ef',
  '#c6d0cc',
  '#9daaa5',
  '#71807a',
  '#3a4743',
  '#2d3834',
  '#212a27',
  '#171e1c',
  '#0f1413',
  '#090d0c',
];

/** Grounds and words that hold in both schemes (WCAG 1.4.3), where Mantine has one colour for the two. */
const TONES: Readonly<Record<string, string>> = { yellow: 'var(--warn)', red: 'var(--bad)', pine: 'var(--good)' };

const colours: VariantColorsResolver = (input) => {
  const resolved = defaultVariantColorsResolver(input);
  const { color = 'pine', variant } = input;
  if (variant === 'filled' && color === 'pine') return { ...resolved, color: 'var(--mantine-primary-color-contrast)' };
  const tone = TONES[color];
  if (variant !== 'light' || tone === undefined) return resolved;
  return {
    ...resolved,
    background: `color-mix(in srgb, ${tone} 10%, var(--mantine-color-body))`,
    border: `1px solid color-mix(in srgb, ${tone} 30%, transparent)`,
    color: tone,
  };
};

export const theme = createTheme({
  variantColorResolver: colours,
  primaryColor: 'pine',
  primaryShade: { light: 7, dark: 3 },
  autoContrast: true,
  colors: { pine, gray, dark },
  black: '#16201d',
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  fontFamily: "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace",
  headings: {
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.25' },
      h2: { fontSize: '1.0625rem', lineHeight: '1.35' },
      h3: { fontSize: '0.9375rem', lineHeight: '1.4' },
    },
  },
  components: {
    // Mantine's own colour of a title is too pale on its own ground (WCAG 1.4.3).
    Alert: { styles: { title: { color: 'var(--mantine-color-text)' } } },
    Button: { defaultProps: { size: 'sm' } },
    TextInput: { defaultProps: { size: 'sm' } },
    Modal: {
      styles: { title: { fontWeight: 620 } },
      defaultProps: { centered: true, radius: 'lg', overlayProps: { backgroundOpacity: 0.35, blur: 2 } },
    },
    Drawer: { styles: { title: { fontWeight: 620 } }, defaultProps: { overlayProps: { backgroundOpacity: 0.3 } } },
    // The first of a menu takes the focus, as WAI-ARIA's menu button has it, and not an element that means nothing.
    Menu: { defaultProps: { withInitialFocusPlaceholder: false } },
    Tooltip: { defaultProps: { openDelay: 300, withArrow: true } },
  },
});

/** The ground lies under the cards; lines are hair thin; quiet text still has 4.5 to 1 on both. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-primary-color-contrast': '#ffffff',
    '--mantine-color-body': '#ffffff',
    '--mantine-color-dimmed': '#586460',
    '--mantine-color-placeholder': '#6b7772',
    '--mantine-color-error': '#b3261e',
    '--ground': '#f6f7f5',
    '--rail': '#f0f2ef',
    '--line': '#e2e7e3',
    '--good': '#17714b',
    '--warn': '#8a5a00',
    '--bad': '#b3261e',
    '--bar-good': '#2f9e83',
    '--bar-warn': '#dc9a1a',
    '--bar-bad': '#cf4439',
  },
  dark: {
    // Light fill, dark words: Mantine computes one contrast for both schemes.
    '--mantine-primary-color-contrast': '#0e1312',
    '--mantine-color-anchor': '#8fe0ce',
    '--mantine-color-body': '#151c1a',
    '--mantine-color-dimmed': '#9daaa5',
    '--mantine-color-placeholder': '#84928d',
    '--mantine-color-error': '#ff8f85',
    '--ground': '#0e1312',
    '--rail': '#0b100f',
    '--line': '#26302d',
    '--good': '#6fd3a0',
    '--warn': '#f0c063',
    '--bad': '#ff8f85',
    '--bar-good': '#4fb99e',
    '--bar-warn': '#f0c063',
    '--bar-bad': '#ff8f85',
  },
});
