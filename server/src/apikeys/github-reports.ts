import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { z } from 'zod';
import { type Clock, LIMITS, type SafeFetch } from '#base';
import { apikeysErrors } from './errors.ts';

/** One thing that was found, as the partner protocol of GitHub's secret scanning tells it. */
export interface GitHubFinding {
  token: string;
  type: string;
  url: string;
  source: string;
}

export interface GitHubReports {
  /**
   * Reads a report whose signature holds: ECDSA with P-256 and SHA-256 over the body as it came, by a key of GitHub's.
   * @param keysUrl where those keys are.
   * @throws `leak_report_unsigned`, `leak_report_malformed`, `leak_report_keys_unavailable`
   */
  read(
    report: { body: Uint8Array; keyIdentifier: string | undefined; signature: string | undefined },
    keysUrl: string,
  ): Promise<GitHubFinding[]>;
}

const text = z.string().max(LIMITS.credentialLengthMax);
/** Fields beyond these may come: they tell nothing that is acted upon. */
const findings = z
  .array(z.object({ token: text, type: text, url: z.string().max(4096).catch(''), source: text.catch('') }))
  .min(1)
  .max(1000);
const publishedKeys = z.object({
  public_keys: z.array(z.object({ key_identifier: text, key: z.string().max(2048) })).max(50),
});

/** Keys change rarely; a made-up identifier must not make this server ask at will. */
const ASK_INTERVAL_MILLISECONDS = 60_000;
const KEPT_MILLISECONDS = 24 * 3_600_000;
const P256 = 'prime256v1';

/** Verifies reports, and remembers the keys they are verified with. */
export function openGitHubReports({ fetch, clock }: { fetch: SafeFetch; clock: Clock }): GitHubReports {
  let known: { url: string; keys: Map<string, KeyObject>; at: number } | undefined;
  let asked: { url: string; at: number } | undefined;
  let asking: { url: string; done: Promise<void> } | undefined;

  const ask = async (url: string): Promise<void> => {
    const { status, body } = await fetch(url, { headers: { accept: 'application/json' } });
    if (status !== 200) throw new TypeError(`${status} from ${url}`);
    const published = publishedKeys.parse(JSON.parse(body.toString('utf8')));
    known = { url, keys: new Map(published.public_keys.flatMap(readKey)), at: clock.now() };
  };

  const startAsking = (url: string) => {
    asked = { url, at: clock.now() };
    const started = { url, done: ask(url) };
    asking = started;
    const over = () => {
      if (asking === started) asking = undefined;
    };
    started.done.then(over, over);
    return started;
  };

  const current = (url: string) =>
    known?.url === url && clock.now() - known.at < KEPT_MILLISECONDS ? known : undefined;

  const keyFor = async (identifier: string, url: string): Promise<KeyObject | undefined> => {
    const key = current(url)?.keys.get(identifier);
    if (key !== undefined) return key;
    if (asking?.url !== url && asked?.url === url && clock.now() - asked.at < ASK_INTERVAL_MILLISECONDS) {
      // Another URL is the operator's doing, and need not wait. Whoever could not be asked a moment ago is not asked for
      // each report either; nor is a report refused for good that nobody can judge now.
      if (current(url) === undefined) throw apikeysErrors.leak_report_keys_unavailable();
      return undefined;
    }
    try {
      await (asking?.url === url ? asking : startAsking(url)).done;
    } catch (cause) {
      throw apikeysErrors.leak_report_keys_unavailable({ cause });
    }
    return current(url)?.keys.get(identifier);
  };

  return {
    async read({ body, keyIdentifier, signature }, keysUrl) {
      if (!keyIdentifier || !signature || keyIdentifier.length > 256 || signature.length > 256) {
        throw apikeysErrors.leak_report_unsigned();
      }
      const key = await keyFor(keyIdentifier, keysUrl);
      if (key === undefined || !verify('sha256', body, key, Buffer.from(signature, 'base64'))) {
        throw apikeysErrors.leak_report_unsigned();
      }
      const read = findings.safeParse(parseJson(body));
      if (!read.success) throw apikeysErrors.leak_report_malformed();
      return read.data;
    },
  };
}

/** The algorithm comes from the key, and from nothing that the report says. A key of another kind is passed over. */
function readKey({
  key_identifier: identifier,
  key: pem,
}: {
  key_identifier: string;
  key: string;
}): [string, KeyObject][] {
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyDetails?.namedCurve === P256 ? [[identifier, key]] : [];
  } catch {
    return [];
  }
}

function parseJson(body: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(body).toString('utf8'));
  } catch {
    return undefined;
  }
}
