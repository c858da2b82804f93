import type { Mailer, RequestHandlers } from '#mail';
import { signinMailHandlers } from '../mail-handlers.ts';
import type { RegistrationPolicySpec } from '../registration/registration-policy-kind.ts';
import { openSignin, tenantId } from '../signin.fixture.ts';

export interface Letter {
  to: string;
  template: string;
  locale?: string | undefined;
  values: Readonly<Record<string, string>>;
}

/** The room with a mailbox: what is asked for waits until `deliver`, as it does for the worker. */
export async function openMailbox() {
  const signin = await openSignin();
  const letters: Letter[] = [];
  const waiting: { kind: string; payload: unknown }[] = [];
  const mailer: Mailer = {
    async queue(_, mail) {
      letters.push(mail);
      return 'queued';
    },
    async request(_, { kind, payload }) {
      waiting.push({ kind, payload });
    },
  };
  const policy: RegistrationPolicySpec = { mode: 'open' };
  const deps = {
    ...signin.deps,
    mailer,
    issuer: 'https://auth.example.com',
    registrationPolicy: () => policy,
  };
  const handlers: RequestHandlers = signinMailHandlers(deps);
  return {
    ...signin,
    deps,
    letters,
    waiting,
    policy,
    /** What the worker does. @returns the newest letter */
    async deliver(): Promise<Letter | undefined> {
      for (const { kind, payload } of waiting.splice(0)) {
        await signin.inTransaction(async (tx) => handlers[kind]?.(tx, { tenantId, payload }));
      }
      return letters.at(-1);
    },
  };
}

/** What stands in the link of a letter. */
export function tokenOf(letter: Letter | undefined): string {
  return new URL(letter?.values.link ?? 'missing:').searchParams.get('link') ?? '';
}
