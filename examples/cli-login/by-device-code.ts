import { setTimeout as wait } from 'node:timers/promises';
import { type Answer, askProvider, refused } from './ask-provider.ts';
import type { Provider } from './providers.ts';

/** RFC 8628 §3.2 and §3.5: without a word from the provider, so long; and so much longer each time it says `slow_down`. */
const INTERVAL_SECONDS = 5;
const SLOWER_SECONDS = 5;
const EXPIRES_IN_SECONDS = 900;

/** For a machine without a browser: the person types a code on another one (RFC 8628). */
export async function signInByDeviceCode(provider: Provider, tell: (line: string) => void): Promise<string> {
  const begun = await askProvider(provider, provider.deviceEndpoint, { scope: provider.scope });
  if (typeof begun.device_code !== 'string') throw refused(begun);
  // Google was earlier than the standard, and has another name for it.
  const address = begun.verification_uri ?? begun.verification_url;
  tell(`Open ${address} on any device and enter the code ${begun.user_code}`);
  if (typeof begun.verification_uri_complete === 'string') tell(`or open ${begun.verification_uri_complete}`);
  let seconds = Number(begun.interval ?? INTERVAL_SECONDS);
  const giveUpAt = Date.now() + Number(begun.expires_in ?? EXPIRES_IN_SECONDS) * 1000;
  while (Date.now() < giveUpAt) {
    await wait(seconds * 1000);
    const answer: Answer = await askProvider(provider, provider.tokenEndpoint, {
      grant_type: 'urn:ietf:params:oauth:grant-type:device_code',
      device_code: begun.device_code,
    }).catch(() => ({ error: 'no_answer' }));
    if (answer.access_token !== undefined) return answer.access_token;
    const slower = SLOWER[answer.error ?? ''];
    if (slower === undefined) throw refused(answer);
    // GitHub says how slow it wants it.
    seconds = Math.max(slower(seconds), Number(answer.interval ?? 0));
  }
  throw refused({ error: 'expired_token', error_description: 'nobody entered the code in time' });
}

/** What is no end of it (RFC 8628 §3.5), and how long to wait then. */
const SLOWER: Readonly<Record<string, (seconds: number) => number>> = {
  authorization_pending: (seconds) => seconds,
  slow_down: (seconds) => seconds + SLOWER_SECONDS,
  no_answer: (seconds) => seconds * 2,
};
