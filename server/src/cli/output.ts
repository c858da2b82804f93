import { createRequire } from 'node:module';
import { styleText } from 'node:util';

/** Where a command writes. Results go to `out`, everything for the person's eyes only to `note`. */
export interface Terminal {
  out(text: string): void;
  note(text: string): void;
  readonly colour: boolean;
  readonly width: number;
}

/** As a shell says of a program that SIGPIPE ended (128 + 13): what it had to say was cut off, and no failure of its own. */
const UNREAD = 141;

/** @param stays a server goes on when whoever read its output has gone; a command has nobody left to work for, and ends. */
export function processTerminal({ stays }: { stays: boolean }): Terminal {
  const onError = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (!stays) process.exit(UNREAD);
  };
  for (const stream of [process.stdout, process.stderr]) stream.on('error', onError);
  return {
    out: (text) => process.stdout.write(`${text}\n`),
    note: (text) => process.stderr.write(`${text}\n`),
    colour: process.stdout.isTTY === true && process.env.NO_COLOR === undefined,
    width: process.stdout.columns ?? 120,
  };
}

type Style = Parameters<typeof styleText>[0];

export function paint(terminal: Terminal, style: Style, text: string): string {
  return terminal.colour ? styleText(style, text, { validateStream: false }) : text;
}

/** Loaded with the first table: most commands print none. */
const load = createRequire(import.meta.url);

/** A table without rules: columns aligned, readable by people and by `awk`. */
export function printTable(terminal: Terminal, head: readonly string[], rows: readonly (readonly string[])[]): void {
  const Table = load('cli-table3') as typeof import('cli-table3');
  const none = '';
  const table = new Table({
    head: head.map((title) => paint(terminal, 'bold', title)),
    chars: {
      top: none,
      'top-mid': none,
      'top-left': none,
      'top-right': none,
      bottom: none,
      'bottom-mid': none,
      'bottom-left': none,
      'bottom-right': none,
      left: none,
      'left-mid': none,
      mid: none,
      'mid-mid': none,
      right: none,
      'right-mid': none,
      middle: '  ',
    },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
  table.push(...rows.map((row) => [...row]));
  terminal.out(
    table
      .toString()
      .split('\n')
      .map((line) => line.trimEnd())
      .join('\n'),
  );
}

export function printJson(terminal: Terminal, value: unknown): void {
  terminal.out(JSON.stringify(value, null, 2));
}

/** Text from a server is data: control bytes in it must not reach the terminal. */
export function plain(value: unknown): string {
  if (value === undefined || value === null || value === '') return '–';
  const text = Array.isArray(value)
    ? value.join(' ')
    : typeof value === 'object'
      ? JSON.stringify(value)
      : String(value);
  // biome would rather not see control characters in an expression; code points say the same.
  return [...text].map((character) => (isControl(character.codePointAt(0) ?? 0) ? '�' : character)).join('');
}

export function instant(milliseconds: unknown): string {
  return typeof milliseconds === 'number' ? new Date(milliseconds).toISOString().replace('T', ' ').slice(0, 19) : '–';
}

function isControl(codePoint: number): boolean {
  return codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0);
}
