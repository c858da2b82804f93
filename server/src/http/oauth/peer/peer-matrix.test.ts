/**
 * The same requests, good and bad, to our issuer and to oidc-provider. What a client's code would branch on is compared:
 * status, error code, and which members, parameters and claims are there. Every difference stands in a table with its
 * reason; one that is not there, and one that is there and no longer exists, both fail.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { AUTHORIZE_CASES } from './authorize.cases.ts';
import { DIFFERENCES } from './differences.cases.ts';
import { OTHER_CASES } from './other.cases.ts';
import { outcomeOf } from './outcome.fixture.ts';
import { openOurs, openTheirs } from './servers.fixture.ts';
import { type Case, TOKEN_CASES } from './token.cases.ts';

const CASES: readonly Case[] = [...AUTHORIZE_CASES, ...TOKEN_CASES, ...OTHER_CASES];

let ours: Awaited<ReturnType<typeof openOurs>>;
let theirs: Awaited<ReturnType<typeof openTheirs>>;

beforeAll(async () => {
  [ours, theirs] = await Promise.all([openOurs(), openTheirs()]);
});
afterAll(() => Promise.all([ours?.close(), theirs?.close()]));

interface Found {
  name: string;
  ours: string;
  theirs: string;
}

async function differenceOf({ name, run }: Case): Promise<Found[]> {
  const outcome = async (side: typeof ours) => outcomeOf(side, await run(side));
  const [mine, other] = await Promise.all([outcome(ours), outcome(theirs)]);
  return mine === other ? [] : [{ name, ours: mine, theirs: other }];
}

test(`${CASES.length} requests are answered alike, but for what is listed`, async () => {
  expect(new Set(CASES.map(({ name }) => name)).size).toBe(CASES.length);
  expect(CASES.length).toBeGreaterThan(500);
  const found: Found[] = [];
  for (const each of CASES) found.push(...(await differenceOf(each)));
  const explains = (found: Found) =>
    DIFFERENCES.findIndex(
      ({ cases, ours, theirs }) =>
        cases.test(found.name) && found.ours.startsWith(ours) && found.theirs.startsWith(theirs),
    );
  const used = new Set(found.map(explains));
  const unlisted = found.filter((difference) => explains(difference) === -1);
  const gone = DIFFERENCES.filter((_, index) => !used.has(index)).map(({ cases }) => String(cases));
  expect({ unlisted, gone }).toEqual({ unlisted: [], gone: [] });
}, 120_000);
