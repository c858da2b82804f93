import { common } from './common.ts';
import { editor } from './editor.ts';
import { home } from './home.ts';
import { keys } from './keys.ts';
import { operate } from './operate.ts';
import { people } from './people.ts';
import { resources } from './resources.ts';
import { settings } from './settings.ts';
import { shell } from './shell.ts';

/** The language that the others are measured by: their types must have exactly these keys. */
export const en = { common, shell, keys, editor, resources, people, home, operate, settings };
