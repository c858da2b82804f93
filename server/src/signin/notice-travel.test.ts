import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { listEvents } from '#audit';
import type { User } from '#directory';
import type { Mailer } from '#mail';
import { listSessions } from './list-sessions.ts';
import type { Place } from './place.ts';
import { openPasswordSignIn } from './sign-in-with-password.ts';
import { device, openSignin, tenantId } from './signin.fixture.ts';
import { createSignInThrottle } from './throttle/sign-in-throttle.ts';

const PASSWORD = 'violet kettle marches north';
const BERLIN: Place = { country: 'DE', region: 'Berlin', latitude: 53, longitude: 13 };
const SYDNEY: Place = { country: 'AU', latitude: -34, longitude: 151 };
const MINUTE = 60_000;

let room: Awaited<ReturnType<typeof openSignin>>;
let user: User;
let people = 0;
const letters: { template: string; values: Readonly<Record<string, string>> }[] = [];
const mailer: Mailer = {
  queue: async (_, mail) => {
    letters.push(mail);
    return 'queued';
  },
  request: async () => undefined,
};

beforeAll(async () => {
  room = await openSignin();
});
afterAll(() => room?.close());
beforeEach(async () => {
  people += 1;
  user = await room.addUser(`traveller-${people}@example.com`, PASSWORD);
  letters.length = 0;
});

async function signInFrom(place: Place | undefined, minutesLater = 0): Promise<void> {
  room.clock.advance(minutesLater * MINUTE);
  await openPasswordSignIn({
    ...room.deps,
    throttle: createSignInThrottle(room.deps),
    mailer,
    issuer: 'https://id.example.com',
  })({
    tenantId,
    email: user.email,
    password: PASSWORD,
    device: { ...device, ...(place === undefined ? {} : { place }) },
  });
}

async function noticed() {
  const { items } = await listEvents(room.deps, { tenantId, limit: 50, targetId: user.id });
  const events = items.filter(({ type }) => type === 'user.impossible_travel');
  return { events, mails: letters.filter(({ template }) => template === 'impossible_travel') };
}

test('two sign-ins too far apart are told and written down, once', async () => {
  await signInFrom(BERLIN);
  await signInFrom(SYDNEY, 20);
  await signInFrom(SYDNEY, 20);
  const { events, mails } = await noticed();
  expect(events.map(({ detail }) => detail)).toEqual([
    expect.objectContaining({ from: 'Berlin, Germany', to: 'Australia', minutes: 20 }),
  ]);
  expect(mails.map(({ values }) => values)).toEqual([
    expect.objectContaining({ place: 'Australia (203.0.113.7)', before: 'Berlin, Germany' }),
  ]);
});

test.each<[string, [Place | undefined, number][]]>([
  ['the first there is', [[SYDNEY, 0]]],
  [
    'one after a flight',
    [
      [BERLIN, 0],
      [SYDNEY, 24 * 60],
    ],
  ],
  [
    'one whose place nobody says',
    [
      [BERLIN, 0],
      [undefined, 1],
    ],
  ],
  [
    'one after such',
    [
      [undefined, 0],
      [SYDNEY, 1],
    ],
  ],
])('nobody is told of %s', async (_name, travels) => {
  for (const [place, minutes] of travels) await signInFrom(place, minutes);
  expect(await noticed()).toEqual({ events: [], mails: [] });
});

test('what is between without a place hides nothing, and the list of sessions has the places', async () => {
  await signInFrom(BERLIN);
  await signInFrom(undefined, 5);
  await signInFrom(SYDNEY, 5);
  expect((await noticed()).events).toHaveLength(1);
  const sessions = await room.inTransaction((tx) => listSessions(tx, { user, now: room.clock.now() }));
  expect(sessions.map(({ place }) => place)).toEqual([SYDNEY, undefined, BERLIN]);
});
