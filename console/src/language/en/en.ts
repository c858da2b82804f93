import { common } from './common.ts';
import { shell } from './shell.ts';

/** The language that the others are measured by: their types must have exactly these keys. */
export const en = { common, shell };
