import { recordEvent } from '#audit';
import type { User } from '#directory';
import type { Tx } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import { findKnownDevice, hasKnownDevices, rememberDevice } from '../devices/known-devices.ts';
import { signinErrors } from '../errors.ts';
import { findLastPlace, noticeTravel } from '../notice-travel.ts';
import type { EffectivePolicy } from '../policy/effective-policy.ts';
import { tellIfPossible } from '../recovery/notices.ts';
import { type Device, type SessionDeps, type StartedSession, startSession } from '../start-session.ts';
import { strengthOf } from '../strength.ts';
import { userPrincipal } from '../user-principal.ts';
import type { FlowState } from './sign-in-steps.ts';

/** What a browser brought: its looks, and the cookies it had. */
export interface Visitor {
  device: Device;
  /** The session it had, if any: it ends. */
  replacedToken?: string | undefined;
  /** The cookie that says which browser it is. */
  deviceToken?: string | undefined;
}

export interface CompletedSignIn extends StartedSession {
  /** A new cookie for a browser that was not known to this person. */
  deviceToken: string | undefined;
}

/** Every step is done: the session begins, under a name that nobody knew before, and the browser is remembered. */
export async function completeSignIn(
  tx: Tx,
  deps: SessionDeps,
  input: { user: User; policy: EffectivePolicy; state: FlowState; visitor: Visitor; rememberDevice: boolean },
): Promise<CompletedSignIn> {
  const { user, policy, state, visitor } = input;
  const { tenantId, id: userId } = user;
  const strength = strengthOf(state.proofs);
  if (strength === undefined) throw signinErrors.flow_over();
  const { acr, amr, since } = strength;
  const { device, deviceToken } = visitor;
  const known = await findKnownDevice(tx, deps, { tenantId, userId, deviceToken });
  const unexpected = known === undefined && (await hasKnownDevices(tx, { tenantId, userId }));
  const newDeviceToken = await rememberDevice(tx, deps, {
    tenantId,
    userId,
    deviceToken,
    userAgent: device.userAgent,
    known: known !== undefined,
    // Only what a second factor stood for can be remembered as one.
    rememberMs: input.rememberDevice && acr !== 'aal1' ? policy.rememberDeviceMs : 0,
  });
  const last = device.place === undefined ? undefined : await findLastPlace(tx, user);
  const started = await startSession(tx, deps, {
    user,
    acr,
    amr,
    device,
    authenticatedAt: since,
    lifetimes: policy,
    deviceRemembered: state.deviceRemembered,
    replacedToken: visitor.replacedToken,
  });
  if (unexpected) await tellIfPossible(tx, deps, { user, notice: 'new_device', happening: { device } });
  const actor = userPrincipal(user, started.session);
  await recordEvent(tx, deps, {
    tenantId,
    type: 'user.signed_in' satisfies SigninAuditEvent,
    actor,
    target: { type: 'user', id: userId },
    detail: { sessionId: started.session.id, acr, amr: [...amr], address: device.address },
  });
  if (known === undefined) {
    await recordEvent(tx, deps, {
      tenantId,
      type: 'user.new_device' satisfies SigninAuditEvent,
      actor,
      target: { type: 'user', id: userId },
      detail: { sessionId: started.session.id, userAgent: started.session.userAgent, address: device.address },
    });
  }
  if (last !== undefined) await noticeTravel(tx, deps, { user, last, started });
  return { ...started, deviceToken: newDeviceToken };
}
