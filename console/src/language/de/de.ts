import type { en } from '../en/en.ts';
import type { SameKeys } from '../same-keys.ts';
import { common } from './common.ts';
import { shell } from './shell.ts';

export const de: SameKeys<typeof en> = { common, shell };
