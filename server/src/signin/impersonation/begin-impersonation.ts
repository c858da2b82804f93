import { recordEvent } from '#audit';
import { type AdministrationDeps, findUser, type User } from '#directory';
import type { Keyring } from '#keyring';
import type { SigninAuditEvent } from '../audit-events.ts';
import { endSession } from '../end-session.ts';
import { signinErrors } from '../errors.ts';
import { type MayTell, timeText } from '../recovery/notices.ts';
import type { ResolvedSession } from '../resolve-session.ts';
import { type Device, type StartedSession, startSession } from '../start-session.ts';
import { meetsDemand, SENSITIVE_MAX_AGE_SECONDS, type StrengthDemand } from '../step-up.ts';
import type { SigninTables } from '../tables.ts';
import { demandImpersonable, type ImpersonationDeps } from './request-impersonation.ts';

export interface BeginImpersonationDeps extends ImpersonationDeps, MayTell, Pick<AdministrationDeps, 'roles'> {
  keyring: Pick<Keyring, 'mac'>;
}

/** What the page asks about, before it begins. */
export interface AskedImpersonation {
  user: User;
  reason: string;
  minutes: number;
}

/** Two factors within the last minutes, whatever the administrator's own policy asks for. */
const PROOF: StrengthDemand = { acrValues: ['aal2'], maxAgeSeconds: SENSITIVE_MAX_AGE_SECONDS };

/** What the administrator still has to prove; `undefined` when that is nothing. */
export const missingForImpersonation = ({ clock }: Pick<ImpersonationDeps, 'clock'>, { session }: ResolvedSession) =>
  meetsDemand(session, PROOF, clock.now()) ? undefined : PROOF;

/** @throws `impersonation_over`, also for what another administrator asked for: it is not this one's to know. */
export async function viewImpersonation(
  { store, clock }: Pick<ImpersonationDeps, 'store' | 'clock'>,
  { own, id }: { own: ResolvedSession; id: string },
): Promise<AskedImpersonation> {
  const { tenantId } = own.user;
  return store.transaction(
    { tenantId },
    async (tx) => {
      const row = await tx
        .withTables<SigninTables>()
        .selectFrom('impersonations')
        .selectAll()
        .where('tenant_id', '=', tenantId)
        .where('id', '=', id)
        .where('actor_id', '=', own.user.id)
        .where('expires_at', '>', clock.now())
        .executeTakeFirst();
      const user = row && (await findUser(tx, { tenantId, id: row.user_id }));
      if (row === undefined || user === undefined) throw signinErrors.impersonation_over();
      return { user, reason: row.reason, minutes: Math.round(row.lifetime_ms / 60_000) };
    },
    { readOnly: true },
  );
}

/**
 * Begins a session of the person in which the administrator acts, once, beside the administrator's own. It is as weak as
 * a session can be: nothing that asks for a proof can be done in it. The person is told, unless the policy says not to.
 * @throws `impersonation_over`, `impersonation_proof_missing`, and all that asking for it throws
 */
export async function beginImpersonation(
  deps: BeginImpersonationDeps,
  { own, id, device }: { own: ResolvedSession; id: string; device: Device },
): Promise<StartedSession> {
  if (missingForImpersonation(deps, own) !== undefined) throw signinErrors.impersonation_proof_missing();
  const { principal: actor, session: ownSession } = own;
  const { tenantId } = own.user;
  return deps.store.transaction({ tenantId }, async (tx) => {
    const row = await tx
      .withTables<SigninTables>()
      .deleteFrom('impersonations')
      .where('tenant_id', '=', tenantId)
      .where('id', '=', id)
      .where('actor_id', '=', own.user.id)
      .where('expires_at', '>', deps.clock.now())
      .returning(['user_id', 'lifetime_ms', 'reason'])
      .executeTakeFirst();
    if (row === undefined) throw signinErrors.impersonation_over();
    const user = await demandImpersonable(tx, deps, { tenantId, userId: row.user_id, actor });
    const started = await startSession(tx, deps, {
      user,
      acr: 'aal1',
      amr: [],
      device,
      actor: { id: own.user.id, sessionId: ownSession.originId },
      lifetimes: { idleMs: row.lifetime_ms, absoluteMs: row.lifetime_ms },
    });
    if (deps.policies.of(user).impersonation.tell && deps.mailer !== undefined && deps.issuer !== undefined) {
      await deps.mailer.queue(tx, {
        tenantId,
        to: user.email,
        name: user.name,
        locale: user.locale,
        template: 'impersonation_started',
        values: {
          administrator: own.user.name,
          reason: row.reason,
          minutes: String(Math.round(row.lifetime_ms / 60_000)),
          time: timeText(deps.clock.now()),
          account_link: new URL('/account', deps.issuer).href,
        },
      });
    }
    await recordEvent(tx, deps, {
      tenantId,
      ...(user.organizationId === undefined ? {} : { organizationId: user.organizationId }),
      type: 'impersonation.started' satisfies SigninAuditEvent,
      actor,
      target: { type: 'user', id: user.id },
      detail: { impersonationId: id, sessionId: started.session.id, reason: row.reason },
    });
    return started;
  });
}

/** Back to oneself. What applications got in the session ends with it. */
export async function endImpersonation(
  deps: Pick<ImpersonationDeps, 'store' | 'clock' | 'random'>,
  { user, session, principal: actor }: ResolvedSession,
): Promise<void> {
  const { tenantId, id: userId } = user;
  await deps.store.transaction({ tenantId }, (tx) =>
    endSession(tx, deps, { tenantId, userId, id: session.id, reason: 'impersonation_ended', actor }),
  );
}
