import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { auditMigrations } from '#audit';
import { DEFAULT_TENANT_ID, type DecisionRequest, newId } from '#base';
import { type FixedClock, fixedClock, openTestStore, seededRandom, type TestStore, testLogger } from '#testing';
import { ALICE, REQUEST, setOf } from '../decide.fixture.ts';
import { decide } from '../decide.ts';
import { explainLogged } from '../explain/explain-logged.ts';
import type { DecisionLogSpec } from './decision-log-kind.ts';
import { decisionsMigrations } from './migrations.ts';
import { type DecisionLog, openDecisionLog } from './open-decision-log.ts';
import { findDecision, listDecisions, pruneDecisionLog } from './read-decisions.ts';

const tenantId = DEFAULT_TENANT_ID;
const set = setOf('permit(principal in Role::"admin", action, resource);');
const random = seededRandom('decision-log');
let store: TestStore;
let clock: FixedClock;
let log: DecisionLog;
let settings: DecisionLogSpec;
beforeAll(async () => {
  store = await openTestStore([auditMigrations, decisionsMigrations]);
});
afterAll(() => store?.close());
beforeEach(() => {
  clock = fixedClock();
  settings = { allowed: 1, denied: 1, keepDays: 30 };
  log = openDecisionLog({ store, clock, log: testLogger(), settings: () => settings });
});

function offer(request: Partial<DecisionRequest> = {}): string {
  const whole: DecisionRequest = { ...REQUEST, principal: { ...ALICE, tenantId }, ...request };
  const decisionId = newId('decision', { clock, random });
  log.offer(whole, decide(set, whole), { decisionId, source: 'gateway' });
  return decisionId;
}

describe('a decision that was kept', () => {
  it('is explained from what was kept, with what would change it', async () => {
    const decisionId = offer();
    await log.flush();
    const logged = await findDecision({ store }, { tenantId, decisionId });
    expect(logged).toMatchObject({
      decisionId,
      source: 'gateway',
      incomplete: false,
      decision: { reason: 'no_policy_permits' },
    });
    if (logged === undefined) return;
    const deps = { authorizer: { policies: () => set }, facts: { places: () => new Map() } };
    expect(explainLogged(deps, logged)).toMatchObject({
      outdated: false,
      policies: [{ policy: 'p1', outcome: 'not_satisfied', clause: { text: 'principal in Role::"admin"' } }],
      changes: [['give the principal the role admin']],
    });
    const open = { ...deps, authorizer: { policies: () => setOf('permit(principal, action, resource);') } };
    expect(explainLogged(open, logged)).toMatchObject({ outdated: true, decision: { allowed: true } });
    expect(await findDecision({ store }, { tenantId: 'ten_other', decisionId })).toBeUndefined();
    expect(await findDecision({ store }, { tenantId, organizationId: 'org_other', decisionId })).toBeUndefined();
    expect(await findDecision({ store }, { tenantId, organizationId: 'org_acme', decisionId })).toBeDefined();
  });

  it('says who acted for whom', async () => {
    const act = { sub: 'mailer', act: { sub: 'planner', clientId: 'web' } };
    const decisionId = offer({ principal: { ...ALICE, tenantId, act } });
    await log.flush();
    const logged = await findDecision({ store }, { tenantId, decisionId });
    expect(logged).toMatchObject({ incomplete: false, request: { principal: { id: ALICE.id, act } } });
  });

  it.each<[name: string, context: Record<string, unknown>, kept: unknown]>([
    ['by its name', { password: 'hunter2', ip: '192.0.2.1' }, { password: '[redacted]', ip: '192.0.2.1' }],
    ['deep inside', { a: { b: [{ token: 'x' }] } }, { a: { b: [{ token: '[redacted]' }] } }],
    [
      'a key of ours in a text',
      { path: '/x/gh_live_0123456789abcdefghijklmnopqrstuvwxyz' },
      { path: expect.not.stringContaining('0123456789abcdef') },
    ],
    ['what the database can not hold', { odd: 'a\0b\ud800' }, { odd: 'a\ufffdb\ufffd' }],
    ['too much of it', { long: 'x'.repeat(20_000) }, {}],
  ])('holds no secret: %s', async (_, context, kept) => {
    const decisionId = offer({ context });
    await log.flush();
    const logged = await findDecision({ store }, { tenantId, decisionId });
    expect(logged).toMatchObject({ request: { context: kept }, incomplete: true });
  });
});

describe('which decisions are kept', () => {
  it.each([
    [{ allowed: 0, denied: 0 }, 0, 0],
    [{ allowed: 1, denied: 0 }, 300, 0],
    [{ allowed: 0.5, denied: 1 }, 150, 300],
  ])('%j', async (shares, allowed, denied) => {
    settings = { ...shares, keepDays: 30 };
    const from = clock.now() + 1;
    clock.advance(10_000);
    for (let index = 0; index < 300; index += 1) {
      offer();
      offer({ principal: { ...ALICE, tenantId, roles: ['admin'] } });
    }
    await log.flush();
    const count = async (which: boolean) =>
      (await listDecisions({ store }, { tenantId, from, allowed: which, limit: 1000 })).length;
    expect(Math.abs((await count(true)) - allowed)).toBeLessThanOrEqual(allowed === 150 ? 45 : 0);
    expect(await count(false)).toBe(denied);
    await store.transaction({ tenantId }, (tx) => tx.deleteFrom('decision_log' as never).execute());
  });

  it('no more than so many in a second, whatever comes', async () => {
    for (let index = 0; index < 3_000; index += 1) offer();
    await log.flush();
    expect(await listDecisions({ store }, { tenantId, limit: 5_000 })).toHaveLength(2_000);
    clock.advance(1_000);
    for (let index = 0; index < 1_000; index += 1) offer();
    await log.flush();
    expect(await listDecisions({ store }, { tenantId, limit: 5_000 })).toHaveLength(2_200);
  });

  it('of a share of what was allowed fewer, which is no loss, and takes no room from the rest', async () => {
    await store.transaction({ tenantId }, (tx) => tx.deleteFrom('decision_log' as never).execute());
    const warned: unknown[] = [];
    const quiet = testLogger();
    quiet.warn = (...line: unknown[]) => void warned.push(line);
    const sampled = { allowed: 0.9, denied: 1, keepDays: 30 };
    log = openDecisionLog({ store, clock, log: quiet, settings: () => sampled });
    const from = clock.now() + 1;
    clock.advance(10_000);
    const keep = async (admins: number, others: number) => {
      for (let index = 0; index < admins; index += 1) offer({ principal: { ...ALICE, tenantId, roles: ['admin'] } });
      for (let index = 0; index < others; index += 1) offer();
      await log.flush();
      const kept = await listDecisions({ store }, { tenantId, from, limit: 5_000 });
      return [kept.filter(({ decision }) => decision.allowed).length, kept.length];
    };
    expect(await keep(2_500, 0)).toEqual([2_000, 2_000]);
    clock.advance(1_000);
    expect(await keep(500, 180)).toEqual([2_020, 2_200]);
    expect(warned).toEqual([]);
  });

  it('and for so many days', async () => {
    clock.advance(29 * 24 * 3_600_000);
    await pruneDecisionLog({ store, settings: () => settings }, { now: clock.now() });
    expect((await listDecisions({ store }, { tenantId, limit: 5_000 })).length).toBeGreaterThan(2_000);
    clock.advance(2 * 24 * 3_600_000);
    await pruneDecisionLog({ store, settings: () => settings }, { now: clock.now() });
    expect(await listDecisions({ store }, { tenantId, limit: 5_000 })).toEqual([]);
  });

  it('a database that is away loses some, and stops nobody', async () => {
    const broken = { transaction: () => Promise.reject(new TypeError('away')) };
    log = openDecisionLog({ store: broken, clock, log: testLogger(), settings: () => settings });
    offer();
    await expect(log.flush()).resolves.toBeUndefined();
  });
});
