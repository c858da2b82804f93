import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { testLogger } from '#testing';
import { type CheckTarget, targetCheck } from './check-target.ts';
import { HealthChecks } from './health-checks.ts';
import { UpstreamGroup } from './upstream-group.ts';
import { upstreamHealth } from './upstream-health.ts';
import { upstreamSchema } from './upstream-spec.ts';

const spec = (more: object = {}) =>
  upstreamSchema.parse({
    targets: [{ url: 'http://a.test' }, { url: 'http://b.test' }],
    health: { path: '/healthz', intervalSeconds: 10, healthyAfter: 2, unhealthyAfter: 3, ...more },
  });

function open(answers: Record<string, string>, more: object = {}, check?: CheckTarget) {
  const group = new UpstreamGroup('ten_1', 'orders', spec(more), () => 1);
  const asked: string[] = [];
  const checks = new HealthChecks({
    groups: () => [group],
    check:
      check ??
      (async (url, path) => {
        asked.push(`${url}${path}`);
        return answers[url] ?? '';
      }),
    random: () => 0.5,
    log: testLogger(),
  });
  return { group, checks, asked };
}

const healthOf = (group: UpstreamGroup) => group.targets.map(({ healthy }) => healthy);

test('a target is not well after so many answers, and well again after so many others', async () => {
  const answers: Record<string, string> = {};
  const { group, checks, asked } = open(answers);
  await checks.look(0);
  expect(asked).toEqual([]);
  await checks.look(500);
  expect(asked).toEqual(['http://a.test/healthz', 'http://b.test/healthz']);
  answers['http://a.test'] = 'answered 500';
  for (const [at, healthy] of [
    [10_500, true],
    [20_500, true],
    [30_500, false],
  ] as const) {
    await checks.look(at);
    expect(healthOf(group)).toEqual([healthy, true]);
  }
  expect(upstreamHealth(group, 30_500).targets[0]).toMatchObject({
    available: false,
    healthy: false,
    problem: 'answered 500',
  });
  for (let count = 0; count < 4; count += 1) {
    const target = group.begin(30_500);
    expect(typeof target === 'string' ? target : target.url).toBe('http://b.test');
  }
  answers['http://a.test'] = '';
  await checks.look(40_500);
  expect(healthOf(group)).toEqual([false, true]);
  await checks.look(50_500);
  expect(healthOf(group)).toEqual([true, true]);
  expect(group.targets[0]?.recoveredAt).toBe(50_500);
});

test('nobody is asked before he is due, nor twice at the same time', async () => {
  const { checks, asked } = open({});
  await checks.look(0);
  await Promise.all([checks.look(500), checks.look(500), checks.look(501)]);
  await checks.look(10_499);
  expect(asked).toHaveLength(2);
});

test('when no target is well, requests are told so', async () => {
  const { group, checks } = open({ 'http://a.test': 'x', 'http://b.test': 'x' }, { unhealthyAfter: 1 });
  await checks.look(0);
  await checks.look(500);
  expect(group.begin(500)).toBe('upstream_unavailable');
  group.configure(upstreamSchema.parse({ targets: [{ url: 'http://a.test' }] }));
  expect(typeof group.begin(500)).toBe('object');
});

test('one that could not be asked is not well, and is asked again', async () => {
  const { group, checks } = open({}, { unhealthyAfter: 1 }, () => Promise.reject(new RangeError('no whole number')));
  await checks.look(0);
  await checks.look(500);
  expect(healthOf(group)).toEqual([false, false]);
  expect(group.targets[0]?.lastProblem).toBe('could not be asked');
  expect(await checks.look(10_500)).toBeUndefined();
});

test('an answer to what is no longer asked counts no more, since nothing would ever contradict it', async () => {
  const answers: ((problem: string) => void)[] = [];
  const { group, checks } = open({}, { unhealthyAfter: 1 }, () => new Promise((resolve) => answers.push(resolve)));
  await checks.look(0);
  const looked = checks.look(500);
  const [first, second] = group.targets;
  group.configure(upstreamSchema.parse({ targets: [{ url: 'http://a.test' }, { url: 'http://b.test' }] }));
  for (const answer of answers) answer('answered 500');
  await looked;
  expect([first?.healthy, second?.healthy]).toEqual([true, true]);
});

describe('a check', () => {
  const checkTarget = targetCheck();
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  async function answering(status: number | undefined): Promise<string> {
    server = createServer((_request, response) => {
      if (status === undefined) return;
      const upgrade = status === 101 ? { connection: 'upgrade', upgrade: 'other' } : {};
      response.writeHead(status, { location: 'http://127.0.0.1:1/', ...upgrade }).end('x');
    });
    await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}/base`;
  }

  test.each([
    [200, ''],
    [204, ''],
    [302, ''],
    [400, 'answered 400'],
    [404, 'answered 404'],
    [500, 'answered 500'],
    [503, 'answered 503'],
    [undefined, 'no answer in time'],
  ])('%s is %s', async (status, problem) => {
    expect(await checkTarget(await answering(status), '/healthz', status === undefined ? 50 : 5_000)).toBe(problem);
  });

  test('one that changes the protocol is none, and is not waited for', async () => {
    const url = await answering(101);
    expect(await checkTarget(url, '/healthz', 5_000)).toBe('no answer');
  });

  test.each([50.5, 70.00000000000001])('%d ms are as good as any', async (milliseconds) => {
    expect(await checkTarget(await answering(undefined), '/healthz', milliseconds)).toBe('no answer in time');
  });

  test('nobody there', async () => {
    const url = await answering(200);
    server?.close();
    expect(await checkTarget(url, '/', 5_000)).toBe('ECONNREFUSED');
  });
});
