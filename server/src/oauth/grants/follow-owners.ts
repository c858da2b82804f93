import { type Logger, systemPrincipal } from '#base';
import type { Change, Store } from '#store';
import type { SigninPort, UsersPort } from '../ports.ts';
import { endOrphans, endTokensOfUser } from './end-orphans.ts';
import { type RevokeTokensDeps, revokeTokensOnce } from './revoke-tokens.ts';

export interface FollowOwnersDeps extends RevokeTokensDeps {
  store: Pick<Store, 'transaction' | 'changes'>;
  users: UsersPort;
  signin: SigninPort;
  log: Logger;
}

/** Topics of the rooms below: a session was ended, a person was changed. */
const TOPICS = ['session', 'user'] as const;

/**
 * Tokens end with what they hang on: with the session, unless they are for offline access, and with the person, once
 * the directory no longer vouches for them. Every process hears of it; the first to act ends them for all. What nobody
 * heard of, because the feed was lost, is looked for.
 */
export function followOwners(deps: FollowOwnersDeps): () => void {
  const stopChanges = deps.store.changes.subscribe(TOPICS, async (changes) => {
    for (const change of changes) {
      await endTokensOf(deps, change).catch((err: unknown) => {
        // The feed goes on: a refresh asks again, access tokens are short-lived, and housekeeping looks for the rest.
        deps.log.error({ err, topic: change.topic, id: change.id }, 'tokens could not be ended with their owner');
      });
    }
  });
  const stopResync = deps.store.changes.onResync(() => endOrphans(deps));
  return () => {
    stopChanges();
    stopResync();
  };
}

async function endTokensOf(deps: FollowOwnersDeps, { topic, tenantId, id, operation }: Change): Promise<void> {
  const actor = systemPrincipal(tenantId, 'oauth');
  if (topic === 'session') {
    if (operation === 'delete') {
      await revokeTokensOnce(deps, { tenantId, kind: 'session', id, actor, because: 'session_ended' });
    }
    return;
  }
  await endTokensOfUser(deps, { tenantId, userId: id, standing: await deps.users.standing(tenantId, [id]) });
}
