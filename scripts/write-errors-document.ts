/** Writes docs/errors.md from the rooms' catalogues, so that a code and what is said of it are one fact. */
import { globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ErrorDefinition } from '../server/src/base/errors.ts';
import type { GatewayErrorCode } from '../server/src/gateway/errors.ts';
import { problem } from '../server/src/gateway/problems.ts';
import { statusOf } from '../server/src/http/error-status.ts';

const root = fileURLToPath(new URL('..', import.meta.url));

interface Entry {
  room: string;
  code: string;
  definition: ErrorDefinition;
}

export async function errorsDocument(): Promise<string> {
  const entries = await readCatalogues();
  const twice = entries.filter(({ code }, index) => entries.findIndex((entry) => entry.code === code) !== index);
  if (twice.length > 0) throw new Error(`declared twice: ${twice.map(({ code }) => code).join(', ')}`);
  const rooms = [...new Set(entries.map(({ room }) => room))];
  const sections = rooms.map((room) => {
    const rows = entries
      .filter((entry) => entry.room === room)
      .map(
        ({ code, definition }) =>
          `### \`${code}\`\n\nStatus ${statusFor({ room, code, definition })}. ${definition.message}\n`,
      );
    return `## ${room}\n\n${rows.join('\n')}`;
  });
  return `# Errors

Every failure has a stable code. Over HTTP it is a problem document (RFC 9457): \`code\` below, \`detail\` says what is wrong in
this case, \`fields\` names what to correct, and \`status\` is the one given here. The OAuth endpoints answer in the form of
RFC 6749 §5.2 instead. This page is written from the code by \`npm run docs\`.

${sections.join('\n')}`;
}

/** The gateway has a table of its own, since a category does not tell 404 from 405, or 502 from 508. */
function statusFor({ room, code, definition }: Entry): number {
  return room === 'gateway' ? problem(code as GatewayErrorCode).status : statusOf(definition.category, code);
}

async function readCatalogues(): Promise<Entry[]> {
  const entries: Entry[] = [];
  for (const path of globSync('server/src/*/errors.ts', { cwd: root }).toSorted()) {
    const room = path.split('/')[2] ?? '';
    const exports: Record<string, unknown> = await import(pathToFileURL(join(root, path)).href);
    for (const [name, catalogue] of Object.entries(exports)) {
      if (!name.endsWith('Errors') || typeof catalogue !== 'object' || catalogue === null) continue;
      for (const [code, definition] of Object.entries(catalogue)) entries.push({ room, code, definition });
    }
  }
  return entries;
}

if (import.meta.main) writeFileSync(join(root, 'docs/errors.md'), await errorsDocument());
