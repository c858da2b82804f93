import { base64url, base64urlJson, randomText, sha256 } from './encoding.ts';

/** Proofs that whoever sends a token has the key it is bound to (RFC 9449). */
export interface Prover {
  /** The key's thumbprint (RFC 7638), which binds the authorization code too (§10). */
  thumbprint(): Promise<string>;
  proof(method: string, url: string, accessToken?: string): Promise<string>;
  /** Servers may want a nonce of theirs in the next proof (§8). True when it is a new one. */
  learnNonce(response: Response): boolean;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const;
const STORE = 'keys';

export function createProver(name: string): Prover {
  let key: Promise<{ pair: CryptoKeyPair; jwk: JsonWebKey }> | undefined;
  const nonces = new Map<string, string>();
  const open = () => {
    key ??= loadKey(name).then(async (pair) => {
      const { kty, crv, x, y } = await crypto.subtle.exportKey('jwk', pair.publicKey);
      return { pair, jwk: { crv, kty, x, y } as JsonWebKey };
    });
    return key;
  };
  return {
    // RFC 7638 §3.2: these members, in this order.
    thumbprint: async () => sha256(JSON.stringify((await open()).jwk)),
    async proof(method, address, accessToken) {
      const { pair, jwk } = await open();
      const { origin, pathname } = new URL(address);
      const nonce = nonces.get(origin);
      const claims = {
        jti: randomText(),
        htm: method,
        // §4.2: without query and fragment.
        htu: origin + pathname,
        iat: Math.floor(Date.now() / 1000),
        ...(nonce === undefined ? {} : { nonce }),
        ...(accessToken === undefined ? {} : { ath: await sha256(accessToken) }),
      };
      const signed = `${base64urlJson({ typ: 'dpop+jwt', alg: 'ES256', jwk })}.${base64urlJson(claims)}`;
      const bytes = new TextEncoder().encode(signed);
      const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, pair.privateKey, bytes);
      return `${signed}.${base64url(signature)}`;
    },
    learnNonce({ headers, url }) {
      const nonce = headers.get('dpop-nonce');
      const { origin } = new URL(url);
      if (nonce === null || nonces.get(origin) === nonce) return false;
      nonces.set(origin, nonce);
      return true;
    },
  };
}

/**
 * One key for all tabs. The browser keeps it: a script can sign with it while it runs here, but can't carry it away, which is
 * what makes a stolen token worthless elsewhere.
 */
async function loadKey(name: string): Promise<CryptoKeyPair> {
  const database = await settled(
    Object.assign(indexedDB.open('gatehouse', 1), {
      onupgradeneeded({ target }: Event) {
        (target as IDBOpenDBRequest).result.createObjectStore(STORE);
      },
    }),
  );
  try {
    const read = () => settled<CryptoKeyPair | undefined>(database.transaction(STORE).objectStore(STORE).get(name));
    const kept = await read();
    if (kept !== undefined) return kept;
    const made = await crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify']);
    // Another tab may have been quicker: `add` refuses then, and its key is the one.
    await settled(database.transaction(STORE, 'readwrite').objectStore(STORE).add(made, name)).catch(() => undefined);
    return (await read()) ?? made;
  } finally {
    database.close();
  }
}

function settled<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = (event) => {
      // Or a refused `add` takes the transaction, and the page's error handler, with it.
      event.preventDefault();
      reject(request.error);
    };
  });
}
