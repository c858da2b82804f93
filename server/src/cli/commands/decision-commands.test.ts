import { expect, test } from 'vitest';
import { commandLine } from '../command-line.fixture.ts';

const wire = commandLine();
const ID = 'dec_01m83bj205eh38pb17myxft2m5';

function answerWith(shadow: object | undefined) {
  const decision = {
    allowed: true,
    summary: 'The call is allowed.',
    reason: 'allowed',
    policies: ['read'],
    errors: [],
  };
  const explanation = {
    logged: { request: {}, decision: { ...decision, ...(shadow === undefined ? {} : { shadow }) } },
    now: { allowed: true, reason: 'allowed' },
    outdated: false,
    policies: [],
    relationships: [],
    changes: [],
  };
  wire.answers = {
    [`GET /api/v1/decisions/${ID}`]: { body: { decisionId: ID, status: 200 } },
    [`GET /api/v1/decisions/${ID}/explanation`]: { body: explanation },
  };
}

test.each([
  [
    { allowed: false, reason: 'forbidden_by_policy', policies: ['try-out'] },
    'deny it, by try-out (forbidden_by_policy)',
  ],
  [{ allowed: false, reason: 'no_policy_permits', policies: [] }, 'deny it (no_policy_permits)'],
])('what policies on trial would have decided otherwise is told: %j', async (shadow, text) => {
  answerWith(shadow);
  const { out } = await wire.run(['explain', ID]);
  expect(out).toContain(`policies on trial\n  They would ${text}.`);
});

test.each([
  ['there are none', undefined],
  ['they agree', { allowed: true, reason: 'allowed', policies: ['read', 'try-out'] }],
])('nothing is told of a trial where %s', async (_, shadow) => {
  answerWith(shadow);
  const { out } = await wire.run(['explain', ID]);
  expect(out).toContain('The call is allowed.');
  expect(out).not.toContain('trial');
});
