import type { Html } from './html.ts';
import type { Language } from './messages/locale.ts';

/** The parts of a page that a tenant may write itself. A closed list: nothing else of a page can be replaced. */
export const PARTS = ['header', 'intro', 'footer', 'legal'] as const;
export type PartName = (typeof PARTS)[number];

/** How a tenant's pages look: made from its `branding`, once when that changes. */
export interface Brand {
  productName: string;
  /** A stylesheet that sets the tenant's colours, loaded after ours. */
  themePath?: string;
  /** Paths of images on our own origin. */
  logo?: { path: string; darkPath: string };
  links: { terms?: string; privacy?: string; support?: string };
  parts: Readonly<Partial<Record<Language, Readonly<Partial<Record<PartName, Html>>>>>>;
}

export const GATEHOUSE_BRAND: Brand = { productName: 'Gatehouse', links: {}, parts: {} };
