import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getCACertificates, type PeerCertificate } from 'node:tls';
import type { buildConnector } from 'undici';
import { cliErrors } from './errors.ts';
import type { Instance } from './find-instance.ts';

/**
 * `fetch` from an instance, with the certificates that it may show: the well-known authorities and those of
 * NODE_EXTRA_CA_CERTS, those of a file, or the one certificate that the server on this machine has. That one is not made
 * for the address by which this machine reaches it, so it is compared whole instead of by name.
 * @throws `file_unreadable`, and what `fetch` throws.
 */
export async function fetchFrom(
  { certificate, authorities }: Pick<Instance, 'certificate' | 'authorities'>,
  url: URL,
  init: RequestInit,
): Promise<Response> {
  if (url.protocol !== 'https:' || (certificate === undefined && authorities === undefined)) return fetch(url, init);
  const connect = certificate === undefined ? issuedBy(String(authorities)) : theVery(certificate);
  const { Agent, fetch: fetchThrough } = await import('undici');
  const found = await fetchThrough(url, { ...init, dispatcher: new Agent({ connect }) } as Parameters<
    typeof fetchThrough
  >[1]);
  return found as unknown as Response;
}

/** What is wrong with the certificate, if that is why nothing was answered. */
export function certificateFault(thrown: unknown): string | undefined {
  const { cause } = thrown as { cause?: { code?: unknown } };
  const code = String(cause?.code ?? '');
  return /CERT|SIGNATURE|ERR_TLS|UNTRUSTED/.test(code) ? code : undefined;
}

function issuedBy(path: string): buildConnector.BuildOptions {
  return { ca: [...getCACertificates('default'), readPem(path)] };
}

function theVery(path: string): buildConnector.BuildOptions {
  const pem = readPem(path);
  const { fingerprint256 } = new X509Certificate(pem);
  return {
    ca: pem,
    allowPartialTrustChain: true,
    checkServerIdentity: (_host: string, shown: PeerCertificate) =>
      shown.fingerprint256 === fingerprint256
        ? undefined
        : Object.assign(new Error('another certificate than this machine’s own'), { code: 'ERR_TLS_CERT_OTHER' }),
  };
}

function readPem(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw cliErrors.file_unreadable({ message: `${path} could not be read.`, cause });
  }
}
