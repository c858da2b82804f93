export type { BrowserClientOptions } from '../browser/browser.ts';
