import { createSecureContext, type SecureContext } from 'node:tls';
import { Agent, fetch as fetchBy, type RequestInit as RequestInitOfUndici } from 'undici';
import type { Fetch } from '../net/fetch-json.ts';
import { ConfigurationError } from '../verify/auth-error.ts';

/** In PEM. */
export interface ClientCertificate {
  /** The certificate, then those that lead to its authority. */
  cert: string;
  /** Its key, not encrypted. */
  key: string;
  /** Authorities of the servers that are called, in place of the system's. */
  ca?: string;
}

interface Shown {
  certificate: ClientCertificate;
  agent: Agent;
}

/**
 * `fetch` that shows a client certificate to whoever asks for one (mutual TLS). Servers are verified as ever. A function is asked
 * with each request, for certificates that change while the process runs; a pair that can't be used, such as one that is half
 * written, leaves the one before in use.
 *
 * @example
 * ```ts
 * import { readFileSync } from 'node:fs';
 * import { createCertificateFetch } from '@gatehouse/sdk/mtls';
 * import { createServiceClient } from '@gatehouse/sdk/service';
 *
 * const orders = createServiceClient({
 *   issuer: 'https://id.example.com',
 *   clientId: 'shop',
 *   certificate: createCertificateFetch(() => ({
 *     cert: readFileSync('/run/certificates/shop.pem', 'utf8'),
 *     key: readFileSync('/run/certificates/shop.key', 'utf8'),
 *   })),
 *   resource: 'https://orders.example.com',
 * });
 *
 * export const listOrders = async () => (await orders.fetch('https://orders.example.com/orders')).json();
 * ```
 *
 * @throws ConfigurationError for a certificate and key that can't be read or do not fit together.
 */
export function createCertificateFetch(
  source: ClientCertificate | (() => ClientCertificate | Promise<ClientCertificate>),
): Fetch {
  let shown: Shown | undefined = typeof source === 'function' ? undefined : show(source);

  async function current(): Promise<Agent> {
    if (typeof source !== 'function') return (shown ?? show(source)).agent;
    try {
      const certificate = await source();
      if (shown !== undefined && isSame(shown.certificate, certificate)) return shown.agent;
      const before = shown;
      shown = show(certificate);
      // Requests that are under way end by the certificate they began with.
      before?.agent.close().catch(() => undefined);
    } catch (error) {
      if (shown === undefined) throw error;
    }
    return shown.agent;
  }

  return async (input, init) => {
    // One and the same standard, in the words of two packages of types.
    const settings: unknown = { ...init, dispatcher: await current() };
    const answer: unknown = await fetchBy(input, settings as RequestInitOfUndici);
    return answer as Response;
  };
}

function show(certificate: ClientCertificate): Shown {
  const { cert, key, ca } = certificate;
  return {
    certificate,
    agent: new Agent({ connect: { secureContext: contextOf({ cert, key, ...(ca === undefined ? {} : { ca }) }) } }),
  };
}

function contextOf(certificate: ClientCertificate): SecureContext {
  try {
    // Empty, either would be no mistake to Node, but a connection without a certificate.
    if (certificate.cert === '' || certificate.key === '') throw new TypeError('cert or key is empty');
    return createSecureContext(certificate);
  } catch (cause) {
    throw new ConfigurationError(
      'The client certificate can not be used. Give certificate and key of one pair in PEM, the key not encrypted.',
      { cause },
    );
  }
}

const isSame = (one: ClientCertificate, other: ClientCertificate) =>
  one.cert === other.cert && one.key === other.key && one.ca === other.ca;
