import { account } from './en/account.ts';
import { approvals } from './en/approvals.ts';
import { consent } from './en/consent.ts';
import { device } from './en/device.ts';
import { emailChange } from './en/email-change.ts';
import { emailFactor } from './en/email-factor.ts';
import { factors } from './en/factors.ts';
import { failures } from './en/failures.ts';
import { flow } from './en/flow.ts';
import { frame } from './en/frame.ts';
import { impersonation } from './en/impersonation.ts';
import { invitation } from './en/invitation.ts';
import { keyPickUp } from './en/key-pick-up.ts';
import { logout } from './en/logout.ts';
import { ownData } from './en/own-data.ts';
import { passkeys } from './en/passkeys.ts';
import { recovery } from './en/recovery.ts';
import { registration } from './en/registration.ts';
import { setup } from './en/setup.ts';
import { signIn } from './en/sign-in.ts';

/** The words of all pages, by subject. Their shape is what every other language must fill. */
export const en = {
  approvals,
  logout,
  account,
  consent,
  device,
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
