/** Certificates for tests, by OpenSSL's command. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface TestAuthority {
  pem: string;
  /** DER of a certificate that it issues. */
  issue(subject: string, san?: string, days?: number): Buffer;
  close(): void;
}

const derOf = (pem: string) => Buffer.from(pem.replaceAll(/-----[^-]+-----|\s/g, ''), 'base64');
const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];

export function makeAuthority(name: string): TestAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'gatehouse-certificates-'));
  const path = (file: string) => join(folder, file);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  openssl(
    'req',
    '-x509',
    ...ec,
    '-keyout',
    path('ca.key'),
    '-out',
    path('ca.pem'),
    '-days',
    '3650',
    '-subj',
    `/CN=${name}`,
  );
  return {
    pem: readFileSync(path('ca.pem'), 'utf8'),
    issue(subject, san, days = 3650) {
      openssl('req', '-new', ...ec, '-keyout', path('leaf.key'), '-out', path('leaf.csr'), '-subj', subject);
      writeFileSync(path('san.cnf'), san === undefined ? '' : `subjectAltName=${san}\n`);
      const ca = ['-CA', path('ca.pem'), '-CAkey', path('ca.key'), '-CAcreateserial', '-days', String(days)];
      openssl('x509', '-req', '-in', path('leaf.csr'), ...ca, '-out', path('leaf.pem'), '-extfile', path('san.cnf'));
      return derOf(readFileSync(path('leaf.pem'), 'utf8'));
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}
