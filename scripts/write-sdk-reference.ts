/** Writes docs/reference/sdk.md from the declarations of the SDK: what an editor shows of a function is what this page says. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const file = join(root, 'docs/reference/sdk.md');
/** Generated types go on for pages; an editor finds its way in them better than a reader. */
const DECLARATION_LINES_MAX = 60;

interface Declared {
  name: string;
  /** Without asterisks. */
  comment: string;
  text: string;
}

/** Compiles the SDK, as it is published, and reads what came of it. */
export function sdkReference(): string {
  const dist = mkdtempSync(join(tmpdir(), 'gatehouse-reference-'));
  try {
    execFileSync(process.execPath, [join(root, 'sdk/build.mjs'), '--out', dist], { stdio: ['ignore', 'ignore', 2] });
    const { exports }: { exports: Record<string, { types: string }> } = JSON.parse(
      readFileSync(join(dist, 'package.json'), 'utf8'),
    );
    const seen = new Map<string, string>();
    const sections = Object.entries(exports).map(([entry, { types }]) =>
      section(entry.slice(2), join(dist, types), seen),
    );
    return `# The SDK, name by name

What each entry point of \`@gatehouse/sdk\` exports. This page is written from the declarations by \`npm run docs\`; begin with [the guide](../guides/sdk.md).

${sections.join('\n')}`;
  } finally {
    rmSync(dist, { recursive: true, force: true });
  }
}

/** What several entry points hand on is described at the first. */
function section(entry: string, path: string, seen: Map<string, string>): string {
  const text = readFileSync(path, 'utf8');
  const [, about] = /^\/\*\*((?:[^*]|\*(?!\/))*)\*\/\n(?!export (?:declare|interface|type \w+ =))/.exec(text) ?? [];
  const found = exportsOf(path).toSorted(inOrder);
  const known = found.flatMap(({ name, text: each }) => {
    const where = seen.get(each);
    if (where === undefined) seen.set(each, entry);
    return where === undefined ? [] : [{ name, where }];
  });
  const parts = found.filter(({ name }) => !known.some((each) => each.name === name)).map(describe);
  if (known.length > 0)
    parts.push(`Also ${known.map(({ name, where }) => `\`${name}\` (\`/${where}\`)`).join(', ')}.\n`);
  const intro = about === undefined ? '' : `${prose(plainComment(about))}\n\n`;
  return `## @gatehouse/sdk/${entry}\n\n${intro}${parts.join('\n')}`;
}

/** What is called comes before what it takes and gives. */
function inOrder(one: Declared, other: Declared): number {
  const called = ({ text }: Declared) => (/^export declare (function|class|const)/.test(text) ? 0 : 1);
  if (called(one) !== called(other)) return called(one) - called(other);
  return one.name < other.name ? -1 : 1;
}

function describe({ name, comment, text }: Declared): string {
  // As this repository indents.
  const lines = text
    .replace(/^export (declare )?/, '')
    .replaceAll('    ', '  ')
    .split('\n');
  const shown = lines.length > DECLARATION_LINES_MAX ? [`${lines[0]}`, '  …', '}'] : lines;
  const [words = '', ...tags] = comment.split(/\n(?=@)/);
  const said = words.startsWith('@') ? [words, ...tags].map(tagged) : [prose(words), ...tags.map(tagged)];
  return `### ${name}\n\n\`\`\`ts\n${shown.join('\n')}\n\`\`\`\n\n${said
    .filter((part) => part !== '')
    .map((part) => `${part}\n\n`)
    .join('')}`;
}

const TAGS: Readonly<Record<string, (text: string) => string>> = {
  example: (text) => text,
  throws: (text) => `Throws ${prose(text)}`,
  returns: (text) => `Returns ${prose(text)}`,
  param: (text) => `\`${text.split(' ')[0]}\`: ${prose(text.split(' ').slice(1).join(' '))}`,
};

function tagged(text: string): string {
  const [, tag = '', rest = ''] = /^@(\w+)\s*([\s\S]*)$/.exec(text) ?? [];
  return TAGS[tag]?.(rest.trim()) ?? prose(rest.trim());
}

/** A paragraph on one line, with names instead of links that only an editor follows; what is thrown stands at the end. */
function prose(text: string): string {
  return text
    .replaceAll(/\{@link (\w+)[^}]*\}/g, '`$1`')
    .replaceAll(/ ?@(throws|returns) /g, (_, tag: string) => ` ${tag === 'throws' ? 'Throws' : 'Returns'} `)
    .split(/\n{2,}/)
    .map((paragraph) => paragraph.replaceAll('\n', ' ').trim())
    .join('\n\n')
    .trim();
}

function plainComment(text: string): string {
  return text
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
    .join('\n')
    .trim();
}

/**
 * Its own declarations, and those it hands on by name, wherever they stand. What is handed on whole is generated: the types of the
 * Admin API, of which its OpenAPI document says the same.
 */
function exportsOf(path: string): Declared[] {
  const text = readFileSync(path, 'utf8');
  const own = declarationsIn(text).filter(({ text: each }) => each.startsWith('export '));
  const from = (module: string) => join(dirname(path), module.replace(/\.[jt]s$/, '.d.ts'));
  const lists = [...text.matchAll(/^export (?:type )?\{([^}]*)\}(?: from '([^']+)'| from "([^"]+)")?;/gm)];
  const handed = lists.flatMap(([, list = '', single, double]) => {
    const module = single ?? double;
    if (module === undefined) return [];
    const names = list.split(',').map((each) => each.trim().replace(/^type /, ''));
    return exportsOf(from(module)).filter(({ name }) => names.includes(name));
  });
  return [...own, ...handed];
}

/** Declarations begin at the margin, and end before the next line there that begins something else. */
function declarationsIn(text: string): Declared[] {
  const pattern =
    /(?:^\/\*\*((?:[^*]|\*(?!\/))*)\*\/\n)?^((?:export )?(?:declare )?(?:abstract )?(?:function|class|const|interface|type) (\w+).*(?:\n[\s}\])>].*)*)/gm;
  return [...text.matchAll(pattern)].map(([, comment = '', declaration = '', name = '']) => ({
    name,
    comment: plainComment(comment),
    text: declaration.trimEnd(),
  }));
}

if (import.meta.main) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, sdkReference());
}
