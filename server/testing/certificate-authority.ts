/** Authorities and certificates for tests, by OpenSSL's command. */
import { execFileSync } from 'node:child_process';
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
  close(): void;
}

const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

export function certificateAuthority(name: string): CertificateAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-authority-'));
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  openssl('req', '-x509', ...EC, '-keyout', 'ca.key', '-out', 'ca.pem', '-days', '3650', '-subj', `/CN=${name}`);
  return {
    pem: readFileSync(join(folder, 'ca.pem'), 'utf8'),
    issue(subject, { san, days = 365, authority = false } = {}) {
      openssl('req', '-new', ...EC, '-keyout', 'leaf.key', '-out', 'leaf.csr', '-subj', subject);
      const extensions = [
        ...(san === undefined ? [] : [`subjectAltName=${san}`]),
        ...(authority ? ['basicConstraints=critical,CA:TRUE'] : []),
      ];
      writeFileSync(join(folder, 'leaf.cnf'), `${extensions.join('\n')}\n`);
      const signing = ['-CA', 'ca.pem', '-CAkey', 'ca.key', '-CAcreateserial', '-days', String(days)];
      openssl('x509', '-req', '-in', 'leaf.csr', ...signing, '-out', 'leaf.pem', '-extfile', 'leaf.cnf');
      return {
        cert: readFileSync(join(folder, 'leaf.pem'), 'utf8'),
        key: readFileSync(join(folder, 'leaf.key'), 'utf8'),
      };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
