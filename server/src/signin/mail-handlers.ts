import type { RequestHandlers } from '#mail';
import { emailCodeHandler } from './email-proof/send-email-code.ts';
import { emailChangeHandler } from './recovery/change-email.ts';
import { recoveryHandler } from './recovery/request-recovery.ts';
import { type RegistrationDeps, registrationHandler } from './registration/request-registration.ts';

/** What this room does when the mail worker comes to its requests. */
export function signinMailHandlers(deps: RegistrationDeps): RequestHandlers {
  return Object.fromEntries([
    recoveryHandler(deps),
    emailChangeHandler(deps),
    registrationHandler(deps),
    emailCodeHandler(deps),
  ]);
}
