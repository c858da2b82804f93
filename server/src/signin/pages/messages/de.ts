import { account } from './de/account.ts';
import { approvals } from './de/approvals.ts';
import { consent } from './de/consent.ts';
import { device } from './de/device.ts';
import { emailChange } from './de/email-change.ts';
import { emailFactor } from './de/email-factor.ts';
import { errors } from './de/errors.ts';
import { factors } from './de/factors.ts';
import { failures } from './de/failures.ts';
import { flow } from './de/flow.ts';
import { frame } from './de/frame.ts';
import { impersonation } from './de/impersonation.ts';
import { invitation } from './de/invitation.ts';
import { keyPickUp } from './de/key-pick-up.ts';
import { logout } from './de/logout.ts';
import { ownData } from './de/own-data.ts';
import { passkeys } from './de/passkeys.ts';
import { recovery } from './de/recovery.ts';
import { registration } from './de/registration.ts';
import { setup } from './de/setup.ts';
import { signIn } from './de/sign-in.ts';
import type { Translation } from './messages.ts';

export const de: Translation = {
  approvals,
  logout,
  account,
  consent,
  device,
  errors,
  emailChange,
  emailFactor,
  factors,
  failures,
  flow,
  frame,
  impersonation,
  invitation,
  keyPickUp,
  ownData,
  passkeys,
  recovery,
  registration,
  setup,
  signIn,
};
