import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type pg from 'pg';
import { expect } from 'vitest';
import type { Program } from './running-program.ts';

/** All that is stored or written of an installation, as whoever steals it has it: by what it was stolen from. */
export async function takeDumps(program: Program, passphrase: string): Promise<ReadonlyMap<string, Buffer>> {
  const dumps = new Map<string, Buffer>();
  // Access records are written in batches: the newest ones are waited for.
  await program.until(async () => {
    const { items } = (await program.admin('GET', '/access-records?limit=100')) as { items: { path: string }[] };
    return items.some(({ path }) => path.startsWith('/nowhere'));
  }, 'the last access record is written');
  dumps.set('database', Buffer.from(await program.asOwner(dumpEveryTable)));
  const file = join(program.folder, 'backup');
  const passphraseFile = join(program.folder, 'passphrase');
  writeFileSync(passphraseFile, passphrase);
  expect(await program.cli('backup', file)).toMatchObject({ code: 0 });
  expect(await program.cli('backup', `${file}-sealed`, '--passphrase-file', passphraseFile)).toMatchObject({ code: 0 });
  dumps.set('backup', unpack(readFileSync(file)));
  dumps.set('encrypted backup', readFileSync(`${file}-sealed`));
  // The link is printed for the person who starts the program; it is no log line.
  dumps.set('log', Buffer.from(program.output.replace(/\n {2}The first administrator[^\n]*\n[^\n]*\n/, '\n')));
  // What has been deleted or not yet been merged may still lie in the files of the database.
  await program.asOwner((client) => client.query('checkpoint'));
  dumps.set('files of the database', readFiles(join(program.dataFolder, 'postgres')));
  return dumps;
}

/** Every row of every table of every schema, system catalogues included, as PostgreSQL writes it. */
async function dumpEveryTable(client: pg.Client): Promise<string> {
  const { rows: tables } = await client.query<{ name: string }>(
    `select format('%I.%I', n.nspname, c.relname) as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
     where c.relkind in ('r', 'm') order by 1`,
  );
  const parts: string[] = [];
  for (const { name } of tables) {
    const { rows } = await client.query<{ row: string }>(`select t::text as row from ${name} t`);
    parts.push(name, ...rows.map(({ row }) => row));
  }
  return parts.join('\n');
}

/** A backup without passphrase: two lines of text, then compressed data, then a digest. */
function unpack(file: Buffer): Buffer {
  const start = file.indexOf(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]));
  return execFileSync(
    process.execPath,
    [
      '-e',
      `const { createZstdDecompress } = require('node:zlib');
       const d = createZstdDecompress(); d.on('error', () => {}); process.stdin.pipe(d).pipe(process.stdout);`,
    ],
    { input: file.subarray(start, -32), maxBuffer: 256 * 1024 * 1024 },
  );
}

/** Without the databases that PostgreSQL itself brings along, whose object ids are below 16384. */
function readFiles(folder: string): Buffer {
  const find = 'find "$1" -type f ! -path "*/base/[1-9]/*" -exec cat {} +';
  return withoutNothing(execFileSync('sh', ['-c', find, 'sh', folder], { maxBuffer: 1024 ** 3 }));
}

/** Most of a log that was made ahead is zeros, which hold no text: looking through them for each secret takes minutes. */
function withoutNothing(bytes: Buffer): Buffer {
  const nothing = Buffer.alloc(8192);
  const pages: Buffer[] = [];
  for (let at = 0; at < bytes.length; at += nothing.length) {
    const page = bytes.subarray(at, at + nothing.length);
    if (!page.equals(nothing)) pages.push(page);
  }
  return Buffer.concat(pages);
}
