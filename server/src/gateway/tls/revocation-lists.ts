import type { Clock, Logger } from '#base';
import { followFiles } from './follow-files.ts';
import type { CertificateStatus } from './read-certificate.ts';
import {
  type CertificateNames,
  certificateNames,
  type RevocationList,
  readRevocationLists,
} from './read-revocation-lists.ts';

/**
 * What the lists say of a certificate. `outdated`: its issuer's list is over, or not yet good, so that nobody knows.
 * `unlisted`: there is no list of its issuer.
 */
export type Standing = 'good' | 'unlisted' | 'outdated' | 'revoked';

/** Lists of revoked certificates, kept as their file is. */
export interface RevocationLists {
  /** For OpenSSL, one by one: it reads no more than the first of several. */
  pems(): readonly string[];
  issuers(): ReadonlySet<string>;
  standingOf(names: CertificateNames): Standing;
  /** Of a certificate alone, in DER. What can't be read is nobody's: `revoked`. */
  standingOfDer(certificate: Uint8Array): Standing;
  status(): readonly CertificateStatus[];
  readonly failedReloads: number;
  /** Called after each reload, and when a list is over: whoever was good may not be any more. */
  onChange(listener: () => void): void;
  check(): void;
  close(): void;
}

/** In the last tenth of its time a list should have been replaced long ago: authorities make them anew at half of it. */
const WARN_PART = 0.1;

/**
 * Opens the lists of revoked certificates (RFC 5280 §5) in a PEM file, and follows it as certificates are followed: a file
 * that can't be used leaves the lists of before.
 * @throws `certificate_unusable` when it can't be used at the start.
 */
export function openRevocationLists(path: string, { clock, log }: { clock: Clock; log: Logger }): RevocationLists {
  const listeners: (() => void)[] = [];
  let lists = byIssuer(readRevocationLists(path));
  let problem: string | undefined;
  let failedReloads = 0;
  let warned = new Set<RevocationList>();
  let over = 0;

  const all = () => [...lists.values()].flat();
  const tell = () => {
    for (const listener of listeners) listener();
  };

  /** OpenSSL goes by the clock of the machine as well: what is over here is over in the next handshake. */
  function look(): void {
    const now = clock.now();
    const outdated = all().filter((list) => !isCurrent(list, now)).length;
    for (const list of all()) {
      if (warned.has(list) || now < list.nextUpdate - (list.nextUpdate - list.thisUpdate) * WARN_PART) continue;
      warned.add(list);
      const due = new Date(list.nextUpdate).toISOString();
      if (now < list.nextUpdate) log.warn({ file: path, due }, 'a list of revoked certificates is over soon');
    }
    if (outdated === over) return;
    if (outdated > over) {
      log.error(
        { file: path, outdated },
        'a list of revoked certificates is over (nextUpdate), or not good yet: until there is a new one, no certificate of its authority is accepted',
      );
    }
    over = outdated;
    tell();
  }

  function reload(): void {
    try {
      lists = byIssuer(readRevocationLists(path));
    } catch (error) {
      failedReloads += 1;
      problem = error instanceof Error ? error.message : String(error);
      log.error({ problem }, 'a changed list of revoked certificates can not be used: the one before still counts');
      return;
    }
    problem = undefined;
    warned = new Set();
    over = 0;
    const revoked = all().reduce((sum, { serials }) => sum + serials.size, 0);
    log.info({ file: path, lists: all().length, revoked }, 'the list of revoked certificates was reloaded');
    look();
    tell();
  }

  function standingOf({ issuer, serial }: CertificateNames): Standing {
    const found = lists.get(issuer);
    if (found === undefined) return 'unlisted';
    // Several of one issuer: each for a part of its certificates, or an old one beside the new. Revoked in one is revoked.
    if (found.some(({ serials }) => serials.has(serial))) return 'revoked';
    const now = clock.now();
    return found.some((list) => isCurrent(list, now)) ? 'good' : 'outdated';
  }

  look();
  const files = followFiles([path], reload, look);

  return {
    pems: () => all().map(({ pem }) => pem),
    issuers: () => new Set(lists.keys()),
    standingOf,
    standingOfDer(certificate) {
      try {
        return standingOf(certificateNames(certificate));
      } catch {
        return 'revoked';
      }
    },
    status: () => [
      {
        file: path,
        names: [],
        notAfter: Math.min(...all().map(({ nextUpdate }) => nextUpdate)),
        problem,
        served: false,
      },
    ],
    get failedReloads() {
      return failedReloads;
    },
    onChange: (listener) => void listeners.push(listener),
    check: files.check,
    close: files.close,
  };
}

function byIssuer(lists: readonly RevocationList[]): Map<string, RevocationList[]> {
  return Map.groupBy(lists, ({ issuer }) => issuer);
}

function isCurrent({ thisUpdate, nextUpdate }: RevocationList, now: number): boolean {
  return thisUpdate <= now && now < nextUpdate;
}
