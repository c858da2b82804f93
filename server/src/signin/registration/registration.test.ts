import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { findUserByEmail } from '#directory';
import { openMailbox, tokenOf } from '../email-proof/mailbox.fixture.ts';
import { tenantId } from '../signin.fixture.ts';
import { completeRegistration, findRegistration } from './complete-registration.ts';
import { isDomainAllowed, registrationPolicyKind } from './registration-policy-kind.ts';
import { proveByCode, requestRegistration } from './request-registration.ts';

const BROWSER = 'the form cookie of one browser';
const PASSWORD = 'seventeen purple lanterns';
let room: Awaited<ReturnType<typeof openMailbox>>;
let asked = 0;
/** Each from an address of its own, so that nobody is slowed down. */
const elsewhere = () => {
  asked += 1;
  return `198.51.100.${asked}`;
};
beforeAll(async () => {
  room = await openMailbox();
});
beforeEach(() => {
  room.policy.mode = 'open';
  delete room.policy.allowedDomains;
});
afterAll(() => room?.close());

const register = (email: string, browser = BROWSER) =>
  requestRegistration(room.deps, {
    tenantId,
    email,
    browser,
    address: elsewhere(),
    locale: 'de',
  });
const complete = (token: string, name = 'Grace Hopper', password = PASSWORD) =>
  completeRegistration(room.deps, { tenantId, token, name, password, address: '198.51.100.1' });
const find = (email: string) => room.inTransaction((tx) => findUserByEmail(tx, { tenantId, email }));

test('nothing is there until the address is proved; then its owner chooses name and password', async () => {
  await register('grace@example.com');
  const letter = await room.deliver();
  expect(letter).toMatchObject({ to: 'grace@example.com', template: 'registration_verify', locale: 'de' });
  expect(await find('grace@example.com')).toBeUndefined();
  const token = tokenOf(letter);
  expect(await findRegistration(room.deps, { tenantId, token })).toBe('grace@example.com');
  expect(await complete(token)).toMatchObject({ email: 'grace@example.com', name: 'Grace Hopper', roles: [] });
  await expect(complete(token)).rejects.toMatchObject({ code: 'recovery_link_refused' });
});

test('the code instead of the link, in the browser that asked', async () => {
  const { challengeId } = await register('code@example.com');
  const code = (await room.deliver())?.values.code ?? '';
  const prove = (browser: string) => proveByCode(room.deps, { tenantId, challengeId, code, browser });
  await expect(prove('another')).rejects.toMatchObject({ code: 'email_code_refused' });
  const { token } = await prove(BROWSER);
  await expect(prove(BROWSER)).rejects.toMatchObject({ code: 'email_code_refused' });
  expect(await complete(token)).toMatchObject({ email: 'code@example.com' });
});

test('wrong codes stay counted though they are refused', async () => {
  const { challengeId } = await register('guess@example.com');
  const code = (await room.deliver())?.values.code ?? '';
  const prove = (text: string) => proveByCode(room.deps, { tenantId, challengeId, code: text, browser: BROWSER });
  const wrong = code === '000000' ? '000001' : '000000';
  for (let round = 0; round < 5; round += 1) await expect(prove(wrong)).rejects.toThrow();
  await expect(prove(code)).rejects.toMatchObject({ code: 'email_code_refused' });
});

test('a taken address: the same answer, and a mail that says so to its owner', async () => {
  await room.addUser('taken@example.com', 'old password');
  const free = await register('free@example.com');
  const taken = await register('taken@example.com');
  expect(Object.keys(taken)).toEqual(Object.keys(free));
  await room.deliver();
  const letters = room.letters.slice(-2).map(({ to, template }) => [to, template]);
  expect(letters).toEqual([
    ['free@example.com', 'registration_verify'],
    ['taken@example.com', 'registration_taken'],
  ]);
});

test('of two who prove one address at once one gets the account', async () => {
  await register('twice@example.com');
  const first = tokenOf(await room.deliver());
  await register('twice@example.com');
  const second = tokenOf(await room.deliver());
  const outcomes = await Promise.allSettled([complete(first), complete(second)]);
  expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  expect(outcomes.find(({ status }) => status === 'rejected')).toMatchObject({ reason: { code: 'email_taken' } });
});

describe('refused', () => {
  test('while registration is off', async () => {
    const code = 'registration_closed';
    await register('before@example.com');
    const token = tokenOf(await room.deliver());
    room.policy.mode = 'off';
    await expect(register('x@example.com')).rejects.toMatchObject({ code });
    await expect(complete(token)).rejects.toMatchObject({ code });
  });

  test.each([
    ['no address', 'nobody', 'invalid_input'],
    ['two addresses', 'a@example.com,b@example.com', 'invalid_input'],
    ['a header', 'a@example.com\r\nBcc: b@example.com', 'invalid_input'],
    ['another domain', 'a@example.org', 'registration_domain_refused'],
    ['a domain below it', 'a@sub.example.com', 'registration_domain_refused'],
    ['a domain that begins alike', 'a@example.com.evil.org', 'registration_domain_refused'],
  ])('%s', async (_, email, code) => {
    room.policy.allowedDomains = ['example.com'];
    await expect(register(email)).rejects.toMatchObject({ code });
  });

  test.each([
    ['a weak password', 'Grace', 'short', 'password_refused'],
    ['no name', ' ', PASSWORD, 'invalid_input'],
  ])('%s, and the link stays good', async (_, name, password, code) => {
    const email = `again-${code}@example.com`;
    await register(email);
    const token = tokenOf(await room.deliver());
    await expect(complete(token, name, password)).rejects.toMatchObject({ code });
    await complete(token);
  });
});

test('the policy is off unless said otherwise, and knows a domain when it sees one', () => {
  expect(registrationPolicyKind.schema.parse({})).toEqual({ mode: 'off' });
  expect(registrationPolicyKind.schema.safeParse({ mode: 'invited' }).success, 'it meant `off`').toBe(false);
  expect(isDomainAllowed({ mode: 'open', allowedDomains: ['example.com'] }, 'A@EXAMPLE.com')).toBe(true);
  for (const domain of ['Example.com', '@example.com', 'localhost', '*.example.com', '']) {
    expect(registrationPolicyKind.schema.safeParse({ allowedDomains: [domain] }).success, domain).toBe(false);
  }
});
