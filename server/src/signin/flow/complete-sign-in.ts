import { type JsonObject, recordEvents } from '#audit';
import type { User } from '#directory';
import type { Tx } from '#store';
import type { SigninAuditEvent } from '../audit-events.ts';
import { findKnownDevice, findWithDevices, rememberDevices, type SeenDevice } from '../devices/known-devices.ts';
import { signinErrors } from '../errors.ts';
import { findLastPlace, noticeTravel } from '../notice-travel.ts';
import type { EffectivePolicy } from '../policy/effective-policy.ts';
import { tellIfPossible } from '../recovery/notices.ts';
import {
  type Device,
  type NewSession,
  type SessionDeps,
  type StartedSession,
  startSessions,
} from '../start-session.ts';
import { type ProvedStrength, strengthOf } from '../strength.ts';
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

/** Somebody for whom every step is done. */
export interface DoneSignIn {
  user: User;
  policy: EffectivePolicy;
  state: FlowState;
  visitor: Visitor;
  /** Has this person signed in from this browser before? Looked up where nobody knows yet. */
  known: boolean;
  rememberDevice: boolean;
}

/** The session begins, under a name that nobody knew before, and the browser is remembered. */
export async function completeSignIn(
  tx: Tx,
  deps: SessionDeps,
  input: Omit<DoneSignIn, 'known'>,
): Promise<CompletedSignIn> {
  const { user, visitor } = input;
  const { tenantId, id: userId } = user;
  const device = await findKnownDevice(tx, deps, { tenantId, userId, deviceToken: visitor.deviceToken });
  const all = [{ ...input, known: device !== undefined }];
  const [completed] = await completeSignIns(tx, deps, { tenantId, all });
  return completed as CompletedSignIn;
}

/** The same for several people of one tenant, in their order: what is read or written of all of them is one statement. */
export async function completeSignIns(
  tx: Tx,
  deps: SessionDeps,
  { tenantId, all }: { tenantId: string; all: readonly DoneSignIn[] },
): Promise<CompletedSignIn[]> {
  if (all.length === 0) return [];
  const strangers = all.filter(({ known }) => !known).map(({ user }) => user.id);
  const [withDevices, lastPlaces] = await Promise.all([
    findWithDevices(tx, { tenantId, userIds: strangers }),
    Promise.all(all.map(({ user, visitor }) => (visitor.device.place && findLastPlace(tx, user)) ?? undefined)),
  ]);
  const proved = all.map((each) => ({ ...each, strength: demandStrength(each.state) }));
  const [started, deviceTokens] = await Promise.all([
    startSessions(tx, deps, { tenantId, all: proved.map(sessionOf) }),
    rememberDevices(tx, deps, { tenantId, seen: proved.map(deviceOf) }),
  ]);
  const completed = all.map((each, index) => ({ ...each, started: started[index] as StartedSession }));
  for (const { user, known, visitor } of completed) {
    if (known || !withDevices.has(user.id)) continue;
    await tellIfPossible(tx, deps, { user, notice: 'new_device', happening: { device: visitor.device } });
  }
  await recordEvents(tx, deps, { tenantId, events: completed.flatMap(eventsOf) });
  for (const [index, { user, started }] of completed.entries()) {
    const last = lastPlaces[index];
    if (last !== undefined) await noticeTravel(tx, deps, { user, last, started });
  }
  return completed.map(({ started }, index) => ({ ...started, deviceToken: deviceTokens[index] }));
}

type Proved = DoneSignIn & { strength: ProvedStrength };

function demandStrength({ proofs }: FlowState): ProvedStrength {
  const strength = strengthOf(proofs);
  if (strength === undefined) throw signinErrors.flow_over();
  return strength;
}

function sessionOf({ user, policy, state, visitor, strength }: Proved): NewSession {
  const { acr, amr, since: authenticatedAt } = strength;
  const { device, replacedToken } = visitor;
  const { deviceRemembered } = state;
  return { user, acr, amr, device, authenticatedAt, lifetimes: policy, deviceRemembered, replacedToken };
}

function deviceOf({ user, policy, visitor, known, rememberDevice, strength }: Proved): SeenDevice {
  const { device, deviceToken } = visitor;
  // Only what a second factor stood for can be remembered as one.
  const rememberMs = rememberDevice && strength.acr !== 'aal1' ? policy.rememberDeviceMs : 0;
  return { userId: user.id, deviceToken, userAgent: device.userAgent, known, rememberMs };
}

function eventsOf({ user, known, visitor, started }: DoneSignIn & { started: StartedSession }) {
  const { id: sessionId, userAgent, acr, amr } = started.session;
  const { address } = visitor.device;
  const event = (type: SigninAuditEvent, detail: JsonObject) => {
    return { type, actor: userPrincipal(user, started.session), target: { type: 'user', id: user.id }, detail };
  };
  return [
    event('user.signed_in', { sessionId, acr, amr: [...amr], address }),
    ...(known ? [] : [event('user.new_device', { sessionId, userAgent, address })]),
  ];
}
