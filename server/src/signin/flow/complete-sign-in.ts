import { type JsonObject, recordEvent } from '#audit';
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
  const [known, elsewhere, last] = await Promise.all([
    findKnownDevice(tx, deps, { tenantId, userId, deviceToken }),
    hasKnownDevices(tx, { tenantId, userId }),
    device.place === undefined ? undefined : findLastPlace(tx, user),
  ]);
  const unexpected = known === undefined && elsewhere;
  const remembering = rememberDevice(tx, deps, {
    tenantId,
    userId,
    deviceToken,
    userAgent: device.userAgent,
    known: known !== undefined,
    // Only what a second factor stood for can be remembered as one.
    rememberMs: input.rememberDevice && acr !== 'aal1' ? policy.rememberDeviceMs : 0,
  });
  const starting = startSession(tx, deps, {
    user,
    acr,
    amr,
    device,
    authenticatedAt: since,
    lifetimes: policy,
    deviceRemembered: state.deviceRemembered,
    replacedToken: visitor.replacedToken,
  });
  const [newDeviceToken, started] = await Promise.all([remembering, starting]);
  if (unexpected) await tellIfPossible(tx, deps, { user, notice: 'new_device', happening: { device } });
  const actor = userPrincipal(user, started.session);
  const record = (type: SigninAuditEvent, detail: JsonObject) =>
    recordEvent(tx, deps, { tenantId, type, actor, target: { type: 'user', id: userId }, detail });
  const { id: sessionId, userAgent } = started.session;
  const { address } = device;
  await Promise.all([
    record('user.signed_in', { sessionId, acr, amr: [...amr], address }),
    known === undefined ? record('user.new_device', { sessionId, userAgent, address }) : undefined,
  ]);
  if (last !== undefined) await noticeTravel(tx, deps, { user, last, started });
  return { ...started, deviceToken: newDeviceToken };
}
