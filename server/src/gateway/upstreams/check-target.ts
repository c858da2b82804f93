import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';

/** @returns empty when it is well; else what was wrong, for people. */
export type CheckTarget = (url: string, path: string, timeoutMilliseconds: number) => Promise<string>;

/**
 * Asks a target whether it is well: 2xx and 3xx say so. It goes exactly where requests are forwarded anyway, follows no
 * redirect and reads no body, so there is nothing for the guarded fetch to guard.
 */
export const checkTarget: CheckTarget = (url, path, timeoutMilliseconds) =>
  new Promise((resolve) => {
    const { origin, protocol } = new URL(url);
    const request = protocol === 'https:' ? requestHttps : requestHttp;
    const signal = AbortSignal.timeout(timeoutMilliseconds);
    const asked = request(
      `${origin}${path}`,
      { method: 'GET', signal, agent: false, headers: { 'user-agent': 'gatehouse-health' } },
      (response) => {
        const { statusCode = 0 } = response;
        response.destroy();
        resolve(statusCode >= 200 && statusCode < 400 ? '' : `answered ${statusCode}`);
      },
    );
    asked.once('error', (error: NodeJS.ErrnoException) =>
      resolve(signal.aborted ? 'no answer in time' : (error.code ?? 'no connection')),
    );
    asked.end();
  });
