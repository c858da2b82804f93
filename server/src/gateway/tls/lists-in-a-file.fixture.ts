/** Lists of revoked certificates in a file of a test's own, and what was logged of them. */
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLogger } from '#base';
import { fixedClock, type IssuedPair } from '#testing';
import { openRevocationLists, type RevocationLists, type Standing } from './revocation-lists.ts';

export function listsInAFile(level: 'trace' | 'warn' = 'trace') {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-lists-'));
  const opened: { close(): void }[] = [];
  const at = (name: string) => join(folder, name);
  const put = (name: string, text: string) => {
    writeFileSync(at(name), text);
    return at(name);
  };
  /** Certificates of the test are just made, and good already. */
  function deps() {
    const lines: string[] = [];
    const log = createLogger({ level, destination: { write: (line: string) => void lines.push(line) } });
    const said = (text: string) => lines.filter((line) => line.includes(text)).length;
    return { clock: fixedClock(new Date(Date.now() + 60_000).toISOString()), log, lines, said };
  }
  return {
    at,
    put,
    deps,
    /** @param authorities PEM of those who sign them. */
    open(text: string, authorities?: string) {
      const { clock, log, lines, said } = deps();
      const bundle = authorities === undefined ? undefined : put('signers.pem', authorities);
      const lists = openRevocationLists(put('list.pem', text), { clock, log }, bundle);
      opened.push(lists);
      let changes = 0;
      lists.onChange(() => {
        changes += 1;
      });
      const settle = () => [lists.check(), lists.check()];
      return { lists, clock, lines, said, settle, changes: () => changes };
    },
    toClose: (...more: { close(): void }[]) => void opened.push(...more),
    closeOpened() {
      for (const each of opened.splice(0)) each.close();
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

export function derOf({ cert }: Pick<IssuedPair, 'cert'>): Uint8Array {
  return new X509Certificate(cert).raw;
}

export function standingsOf(lists: RevocationLists, pairs: readonly IssuedPair[]): Standing[] {
  return pairs.map((pair) => lists.standingOfDer(derOf(pair)));
}
