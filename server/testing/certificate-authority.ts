/** Authorities and certificates for tests, by OpenSSL's command. */

import { execFileSync } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface IssuedPair {
  cert: string;
  key: string;
}

export interface CertificateAuthority {
  pem: string;
  issue(subject: string, more?: { san?: string; days?: number; authority?: boolean }): IssuedPair;
  /** An authority whose certificate this one has issued. */
  subordinate(name: string): CertificateAuthority;
  /**
   * PEM of its list of revoked certificates (CRL): of these, or of so many that nobody has. Hours from when the authority was
   * made; a list that is over has negative ones.
   */
  revocationList(
    revoked: readonly Pick<IssuedPair, 'cert'>[] | { serials: number },
    more?: { madeHours?: number; dueHours?: number; number?: number; extension?: string; digest?: string },
  ): string;
  close(): void;
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
const YEAR_MILLISECONDS = 365 * 86_400_000;
const LIST_CONFIGURATION = '[ca]\ndefault_ca=a\n[a]\ndatabase=index\ncrlnumber=number\ndefault_md=sha256\n';

export function certificateAuthority(name: string): CertificateAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-authority-'));
  const made = ['-keyout', 'ca.key', '-out', 'ca.pem', '-days', '3650', '-subj', `/CN=${name}`];
  execFileSync('openssl', ['req', '-x509', ...EC, ...made], { cwd: folder, stdio: 'pipe' });
  return authorityIn(folder);
}

/** Its certificate is `ca.pem` there, and the key `ca.key`. */
function authorityIn(folder: string): CertificateAuthority {
  const begun = Date.now();
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const read = (file: string) => readFileSync(join(folder, file), 'utf8');
  const below: CertificateAuthority[] = [];
  const issue: CertificateAuthority['issue'] = (subject, { san, days = 365, authority = false } = {}) => {
    openssl('req', '-new', ...EC, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', subject);
    const extensions = [
      ...(san === undefined ? [] : [`subjectAltName=${san}`]),
      ...(authority ? ['basicConstraints=critical,CA:TRUE'] : []),
    ];
    writeFileSync(join(folder, 'leaf.cnf'), `${extensions.join('\n')}\n`);
    const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', String(days)];
    openssl('x509', '-req', '-in', 'leaf.csr', ...signing, '-out', 'leaf.pem', '-extfile', 'leaf.cnf');
    return { cert: read('leaf.pem'), key: read('leaf.key') };
  };
  return {
    pem: read('ca.pem'),
    issue,
    subordinate(name) {
      const { cert, key } = issue(`/CN=${name}`, { authority: true });
      const own = mkdtempSync(join(tmpdir(), 'gatehouse-authority-'));
      writeFileSync(join(own, 'ca.pem'), cert);
      writeFileSync(join(own, 'ca.key'), key);
      const made = authorityIn(own);
      below.push(made);
      return made;
    },
    revocationList(revoked, { madeHours = -1, dueHours = 24, number = 1, extension = '', digest = 'sha256' } = {}) {
      const row = (serial: string, notAfter: number) =>
        `R\t${utcTime(notAfter)}\t${utcTime(Date.now())}\t${serial}\tunknown\t/CN=x\n`;
      const rows =
        'serials' in revoked
          ? Array.from({ length: revoked.serials }, (_, index) =>
              row(`7F${index.toString(16).toUpperCase().padStart(38, '0')}`, Date.now() + YEAR_MILLISECONDS),
            )
          : revoked.map(({ cert }) => {
              const { serialNumber, validToDate } = new X509Certificate(cert);
              return row(serialNumber, validToDate.getTime());
            });
      writeFileSync(join(folder, 'index'), rows.join(''));
      writeFileSync(join(folder, 'number'), number.toString(16).padStart(4, '0'));
      writeFileSync(join(folder, 'list.cnf'), `${LIST_CONFIGURATION}[x]\n${extension}\n`);
      // Not from now: two lists that are said to be of the same hour are of the same second.
      const at = (hours: number) => utcTime(begun + hours * 3_600_000);
      const times = ['-crl_lastupdate', at(madeHours), '-crl_nextupdate', at(dueHours)];
      const by = ['-config', 'list.cnf', '-cert', 'ca.pem', '-keyfile', 'ca.key'];
      openssl('ca', ...by, '-gencrl', '-md', digest, '-crlexts', 'x', ...times, '-out', 'list.pem');
      return read('list.pem');
    },
    close() {
      for (const authority of below) authority.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** YYMMDDHHMMSSZ (RFC 5280 §4.1.2.5.1). */
function utcTime(milliseconds: number): string {
  return `${new Date(milliseconds)
    .toISOString()
    .replaceAll(/[-:T]|\.\d+/g, '')
    .slice(2)}`;
}
