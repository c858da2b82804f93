import { type Asset, asset } from '../pages/assets.ts';
import { type Brand, PARTS } from '../pages/brand.ts';
import { LOCALES } from '../pages/messages/locale.ts';
import { type BrandingSpec, partValues } from './branding-kind.ts';
import { themeStylesheet } from './palette.ts';
import { readPngLogo } from './png-logo.ts';
import { renderPart } from './render-parts.ts';
import { readSvgLogo } from './svg-logo.ts';

/** A look ready to be shown, and the files that its pages load. */
export interface MadeBrand {
  brand: Brand;
  assets: readonly Asset[];
}

/** Made once, when the branding changes: a page only puts the pieces in. What is no longer understood is left out. */
export function makeBrand(spec: BrandingSpec): MadeBrand {
  const css = themeStylesheet(spec.colours);
  const theme = css === undefined ? undefined : asset('theme', 'css', 'text/css; charset=utf-8', css);
  const light = makeLogo(spec.logo);
  const dark = makeLogo(spec.logoDark) ?? light;
  const { terms, privacy, support } = spec.links;
  const brand: Brand = {
    productName: spec.productName,
    ...(theme === undefined ? {} : { themePath: theme.path }),
    ...(light === undefined || dark === undefined ? {} : { logo: { path: light.path, darkPath: dark.path } }),
    links: {
      ...(terms === undefined ? {} : { terms }),
      ...(privacy === undefined ? {} : { privacy }),
      ...(support === undefined ? {} : { support }),
    },
    parts: Object.fromEntries(LOCALES.map(({ tag }) => [tag, partsIn(spec, tag)])),
  };
  return { brand, assets: [theme, light, dark].filter((each) => each !== undefined) };
}

function makeLogo(logo: BrandingSpec['logo']): Asset | undefined {
  if (logo?.svg !== undefined) {
    const read = readSvgLogo(logo.svg);
    return read.ok ? asset('logo', 'svg', 'image/svg+xml', read.text) : undefined;
  }
  if (logo?.png !== undefined) {
    const read = readPngLogo(Buffer.from(logo.png, 'base64'));
    return read.ok ? asset('logo', 'png', 'image/png', read.bytes) : undefined;
  }
  return undefined;
}

function partsIn(spec: BrandingSpec, language: string) {
  return Object.fromEntries(
    PARTS.flatMap((name) => {
      const template = spec.templates[name];
      const rendered = template === undefined ? undefined : renderPart(template, partValues(spec, language));
      return rendered?.ok === true ? [[name, rendered.html]] : [];
    }),
  );
}
