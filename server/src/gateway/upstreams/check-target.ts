import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { ConnectionOptions } from 'node:tls';

/** @returns empty when it is well; else what was wrong, for people. */
export type CheckTarget = (url: string, path: string, timeoutMilliseconds: number) => Promise<string>;

/**
 * Asks a target whether it is well: 2xx and 3xx say so. It goes exactly where requests are forwarded anyway, follows no
 * redirect and reads no body, so there is nothing for the guarded fetch to guard.
 * @param tls trust anchors and client certificate, as requests are forwarded with: what would not take the one must not
 * be judged by the other.
 */
export function targetCheck(tls?: () => ConnectionOptions): CheckTarget {
  return (url, path, timeoutMilliseconds) =>
    new Promise((resolve) => {
      const { origin, protocol } = new URL(url);
      const request = protocol === 'https:' ? requestHttps : requestHttp;
      // Whole milliseconds: seconds of a configuration times a thousand are not always.
      const signal = AbortSignal.timeout(Math.ceil(timeoutMilliseconds));
      const asked = request(
        `${origin}${path}`,
        { method: 'GET', signal, agent: false, headers: { 'user-agent': 'gatehouse-health' }, ...tls?.() },
        (response) => {
          const { statusCode = 0 } = response;
          response.destroy();
          resolve(statusCode >= 200 && statusCode < 400 ? '' : `answered ${statusCode}`);
        },
      );
      asked.on('error', (error: NodeJS.ErrnoException) =>
        resolve(signal.aborted ? 'no answer in time' : (error.code ?? 'no connection')),
      );
      // Also of an answer that is none, such as one that changes the protocol: whoever waits would wait for good.
      asked.once('close', () => resolve('no answer'));
      asked.end();
    });
}
