import { z } from 'zod';
import type { Logger, SafeFetch } from '#base';
import type { AttackChallenge } from './attack-challenge.ts';

/** Somebody waits in front of a form meanwhile. */
const TIMEOUT_MS = 2_000;
const ANSWER_BYTES_MAX = 4_096;
/** An attack is many at once: those beyond are challenged as if there were no service. */
const UNDER_WAY_MAX = 200;

const answerSchema = z.object({ passed: z.boolean() });

export interface AskChallengerDeps {
  fetch: SafeFetch;
  log: Pick<Logger, 'warn'>;
  /** The policy's `attackChallenge.url`. */
  urlOf(tenantId: string): string | undefined;
  /** Where there is no service, and when it does not answer. */
  otherwise: AttackChallenge;
}

/**
 * Asks the tenant's own service, if it has one: what it knows of a network, or what it has of its own to ask. It learns
 * the network and the reason, and no name. One that fails lets nobody through faster than none would, and keeps nobody out.
 */
export function askChallenger({ fetch, log, urlOf, otherwise }: AskChallengerDeps): AttackChallenge {
  let underWay = 0;
  return {
    async demand(asked) {
      const url = urlOf(asked.tenantId);
      if (url === undefined || underWay >= UNDER_WAY_MAX) return otherwise.demand(asked);
      underWay += 1;
      try {
        const { status, body } = await fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(asked),
          timeoutMs: TIMEOUT_MS,
          bodyBytesMax: ANSWER_BYTES_MAX,
          redirects: 'answer',
        });
        if (status !== 200) throw new TypeError(`the challenge service answered ${status}`);
        const { passed } = answerSchema.parse(JSON.parse(body.toString('utf8')));
        return { passed };
      } catch (err) {
        log.warn({ err }, 'the challenge service could not be asked; attempts are delayed instead');
        return otherwise.demand(asked);
      } finally {
        underWay -= 1;
      }
    },
  };
}
