import { setTimeout as wait } from 'node:timers/promises';
import {
  KEY_USAGE_KEPT_MILLISECONDS,
  offerRotations,
  pruneKeyUsage,
  prunePickUps,
  pruneReminders,
  remindOfKeys,
  retireUnusedKeys,
  signKeyTexts,
} from '#apikeys';
import { pruneAccessRecords } from '#audit';
import { type DecisionLogSpec, pruneDecisionLog, purgeDeletedStores } from '#authz';
import { DEFAULT_TENANT_ID } from '#base';
import { findUser } from '#directory';
import { removeOldGatewaySessions } from '#gateway';
import { pruneQuotas } from '#limits';
import { removeOldMail } from '#mail';
import { type OAuthServer, pruneRefusals, removeExpired } from '#oauth';
import { endExpiredSessions, KEY_PICK_UP_PATH, removeOldChallenges, removeOldSessions } from '#signin';
import { leadInRounds, type Tx } from '#store';
import { removeOldDeliveries } from '#webhooks';
import type { Foundation } from './foundation.ts';

/** How soon an application hears that somebody is signed out. */
const LOGOUT_INTERVAL_MILLISECONDS = 2_000;
const INTERVAL_MILLISECONDS = 60_000;
/** Long enough to answer "what did the leaked key touch?" a quarter later. */
const ACCESS_RECORDS_KEPT_MILLISECONDS = 90 * 24 * 3_600_000;

/** A month that is over can still be looked into for another. */
const QUOTAS_KEPT_MILLISECONDS = 31 * 24 * 3_600_000;

/** It reads every live key of a tenant that wants it, and days are what it counts in. */
const RETIRE_EVERY_ROUNDS = 60;

/** Days are what it counts in, and nobody needs to be told within the minute. */
const REMIND_EVERY_ROUNDS = 15;

/** It counts a whole log. */
const PRUNE_EVERY_ROUNDS = 60;

/** Rounds between two looks for what the change feed should have told: it reads every live grant. */
const ORPHANS_EVERY_ROUNDS = 60;

/** What one process at a time does for all: rotates signing keys that are due, removes what can't matter any more. */
export function startHousekeeping(
  foundation: Foundation,
  oauth: Pick<OAuthServer, 'endOrphans' | 'deliverLogouts' | 'pingClients'>,
  decisionLogOf: (tenantId: string) => DecisionLogSpec | undefined,
): void {
  const { store, clock, signingKeys, log } = foundation;
  const tasks: readonly (readonly [
    name: string,
    run: (signal: AbortSignal) => Promise<unknown>,
    everyRounds?: number,
  ])[] = [
    // In the first round as well: whoever becomes the leader takes over from processes that may have died at work.
    ['orphaned grants', (signal) => oauth.endOrphans(signal), ORPHANS_EVERY_ROUNDS],
    ['signing keys', () => signingKeys.advance(clock.now())],
    ['old refusals', () => pruneRefusals(foundation, { now: clock.now() })],
    ['expired grants', () => removeExpired(foundation)],
    ['old e-mail challenges', () => removeOldChallenges(foundation)],
    ['old mail', () => removeOldMail(foundation)],
    ['old deliveries of webhooks', () => removeOldDeliveries(foundation)],
    ['old sessions', () => removeOldSessions(foundation)],
    ['old sessions at the gateway', () => removeOldGatewaySessions(foundation)],
    ['deleted relation stores', () => purgeDeletedStores(foundation)],
    [
      'old decisions',
      (signal) => pruneDecisionLog({ store, settings: decisionLogOf }, { now: clock.now(), signal }),
      PRUNE_EVERY_ROUNDS,
    ],
    ['unused API keys', () => retireUnusedKeys(foundation, { tenantId: DEFAULT_TENANT_ID }), RETIRE_EVERY_ROUNDS],
    [
      'reminders of API keys',
      () => remindOfKeys({ ...foundation, mailAddressOf }, { tenantId: DEFAULT_TENANT_ID }),
      REMIND_EVERY_ROUNDS,
    ],
    [
      'rotations of API keys',
      () =>
        offerRotations(
          { ...foundation, mailAddressOf, linkTo: pickUpLink(foundation) },
          { tenantId: DEFAULT_TENANT_ID },
        ),
      REMIND_EVERY_ROUNDS,
    ],
    ['signatures to search API keys by', (signal) => signKeyTexts({ store }, signal)],
    ['old offers of rotations', () => prunePickUps({ store }, clock.now() - KEY_USAGE_KEPT_MILLISECONDS)],
    ['old reminders of API keys', () => pruneReminders({ store }, clock.now() - QUOTAS_KEPT_MILLISECONDS)],
    [
      'old usage of API keys',
      (signal) => pruneKeyUsage({ store }, { before: clock.now() - KEY_USAGE_KEPT_MILLISECONDS, signal }),
    ],
    ['old quotas', () => pruneQuotas({ store }, clock.now() - QUOTAS_KEPT_MILLISECONDS)],
    [
      'old access records',
      (signal) => pruneAccessRecords({ store }, { before: clock.now() - ACCESS_RECORDS_KEPT_MILLISECONDS, signal }),
    ],
  ];
  leadInRounds(foundation, {
    name: 'back-channel-logout',
    topics: [],
    pollMilliseconds: LOGOUT_INTERVAL_MILLISECONDS,
    work: (signal) => ({
      async round() {
        await endExpiredSessions(foundation, signal).catch((err: unknown) =>
          log.error({ err }, 'sessions could not be ended with their time'),
        );
        await oauth.pingClients(signal).catch((err: unknown) => log.error({ err }, 'clients could not be pinged'));
        await oauth.deliverLogouts(signal);
        return 0;
      },
    }),
  });
  store.leader('housekeeping', async (signal) => {
    for (let round = 0; !signal.aborted; round += 1) {
      for (const [task, run, everyRounds = 1] of tasks) {
        if (round % everyRounds !== 0) continue;
        await run(signal).catch((err: unknown) => log.error({ err, task }, 'housekeeping failed; it is tried again'));
      }
      await wait(INTERVAL_MILLISECONDS, undefined, { signal, ref: false }).catch(() => undefined);
    }
  });
}

/** The secret of a link stands behind the question mark, where the page takes it from at once. */
function pickUpLink({ configuration }: Foundation): (token: string) => string {
  return (token) => `${configuration.issuer}${KEY_PICK_UP_PATH}?link=${token}`;
}

async function mailAddressOf(tx: Tx, { tenantId, userId }: { tenantId: string; userId: string }) {
  return (await findUser(tx, { tenantId, id: userId }))?.email;
}
