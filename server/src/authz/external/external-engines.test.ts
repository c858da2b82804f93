import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createSafeFetch, DEFAULT_TENANT_ID, type DecisionRequest, parse } from '#base';
import type { Resource } from '#resources';
import { testLogger } from '#testing';
import { type ExternalEngineSpec, externalEngineKind } from './external-engine-kind.ts';
import { openExternalEngines } from './open-external-engines.ts';

/** A stand-in for an OPA server, which answers by the path that is asked for. */
const ANSWERS: Readonly<Record<string, string>> = {
  yes: '{"result": true}',
  no: '{"result": false}',
  object: '{"result": {"allow": true, "obligations": ["log"]}}',
  refusal: '{"result": {"allow": false, "reason": "late"}}',
  undefined: '{}',
  warning: '{"warning": {"code": "api_usage_warning"}}',
  text: '{"result": "true"}',
  one: '{"result": 1}',
  list: '{"result": [true]}',
  without: '{"result": {"allowed": true}}',
  texts: '{"result": {"allow": "true"}}',
  nothing: 'null',
  page: '<html>true</html>',
  huge: `{"result": true, "more": "${'x'.repeat(100_000)}"}`,
  deep: `{"result": ${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
};
const asked: { path: string; input: unknown; credentials: string | undefined }[] = [];
let server: Server;
let url: string;
let now = 0;

beforeAll(async () => {
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const path = request.url ?? '';
    const { input } = JSON.parse(Buffer.concat(chunks).toString()) as { input: unknown };
    asked.push({ path, input, credentials: request.headers.authorization });
    const rule = path.replace('/v1/data/gatehouse/', '');
    if (rule === 'slow') return;
    if (rule === 'cut') return void request.socket.destroy();
    response.writeHead(rule === 'error' ? 500 : 200, { 'content-type': 'application/json' });
    response.end(ANSWERS[rule] ?? '{"result": true}');
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  asked.length = 0;
});

function engineWith(spec: Record<string, unknown>, createFetch = createSafeFetch) {
  const parsed: ExternalEngineSpec = parse(externalEngineKind.schema, { url, ...spec });
  const resource: Resource<ExternalEngineSpec> = {
    tenantId: DEFAULT_TENANT_ID,
    kind: 'external_engine',
    id: 'eng_1',
    name: 'opa',
    spec: parsed,
    version: 1,
    createdAt: 1,
    updatedAt: 1,
    builtIn: false,
  };
  const engines = {
    all: (tenantId: string) => (tenantId === DEFAULT_TENANT_ID ? [resource] : []),
    onChange: () => () => undefined,
  };
  return openExternalEngines({ engines, createFetch, clock: { now: () => now }, log: testLogger() });
}

const local = { networks: ['127.0.0.0/8'], timeoutMilliseconds: 300 };
function question(id = 'ann', time = '2026-01-30T09:00:00Z', tenantId = DEFAULT_TENANT_ID): DecisionRequest {
  return {
    principal: {
      type: 'user',
      id,
      tenantId,
      roles: ['editor'],
      scopes: ['read'],
      credential: { type: 'api_key', id: 'key_secret' },
    },
    action: 'GET',
    resource: { type: 'Order', id: '7' },
    context: { time, path: '/orders/7' },
  };
}

describe('an answer', () => {
  test.each([
    ['yes', 'allowed'],
    ['object', 'allowed'],
    ['no', 'denied'],
    ['refusal', 'denied'],
    ['undefined', 'denied'],
    ['warning', 'denied'],
    ['text', 'failed'],
    ['one', 'failed'],
    ['list', 'failed'],
    ['without', 'failed'],
    ['texts', 'failed'],
    ['nothing', 'failed'],
    ['page', 'failed'],
    ['huge', 'failed'],
    ['deep', 'failed'],
    ['error', 'failed'],
    ['slow', 'failed'],
    ['cut', 'failed'],
  ])('%s: %s', async (rule, answer) => {
    // Only whoever never answers is waited for so short a time: a busy machine may take its own.
    const timeoutMilliseconds = rule === 'slow' ? local.timeoutMilliseconds : 5_000;
    const engine = engineWith({ ...local, timeoutMilliseconds, path: `gatehouse/${rule}` });
    expect(await engine.ask('opa', question())).toBe(answer);
  });

  test('tells the engine who, what and the circumstances, and nothing of the credential', async () => {
    await engineWith({ ...local, path: 'gatehouse/yes' }).ask('opa', question());
    expect(asked).toEqual([
      {
        path: '/v1/data/gatehouse/yes',
        credentials: undefined,
        input: {
          subject: {
            type: 'user',
            id: 'ann',
            tenant: DEFAULT_TENANT_ID,
            roles: ['editor'],
            scopes: ['read'],
            groups: [],
          },
          action: 'GET',
          resource: { type: 'Order', id: '7' },
          context: { time: '2026-01-30T09:00:00Z', path: '/orders/7' },
        },
      },
    ]);
    expect(JSON.stringify(asked)).not.toContain('key_secret');
  });
});

describe('where it may not be asked', () => {
  test('an address that is not within its networks is never called', async () => {
    for (const networks of [undefined, [], ['10.0.0.0/8']]) {
      const engine = engineWith({ path: 'gatehouse/yes', ...(networks === undefined ? {} : { networks }) });
      expect(await engine.ask('opa', question())).toBe('failed');
    }
    expect(asked).toEqual([]);
  });

  test('plain http is for its networks alone, however public the other address is', async () => {
    const policies: unknown[] = [];
    const createFetch: typeof createSafeFetch = (policy) => {
      policies.push(policy);
      return createSafeFetch({ ...policy, resolve: async () => ['1.1.1.1'] });
    };
    const engine = engineWith({ ...local, path: 'gatehouse/yes', url: 'http://opa.example:8181' }, createFetch);
    expect(await engine.ask('opa', question())).toBe('failed');
    expect(policies).toEqual([{ allowRanges: local.networks, allowHttp: 'in_ranges' }]);
    expect(asked).toEqual([]);
  });

  test('an engine of another name, or of another tenant', async () => {
    const engine = engineWith({ ...local, path: 'gatehouse/yes' });
    expect(await engine.ask('other', question())).toBe('failed');
    expect(await engine.ask('opa', question('ann', 'now', 'ten_other'))).toBe('failed');
    expect(asked).toEqual([]);
  });

  test.each([
    [{ path: '../config' }],
    [{ path: '/gatehouse/allow' }],
    [{ path: 'gatehouse/allow?explain=full' }],
    [{ path: '' }],
    [{ path: 'a', url: 'file:///etc/passwd' }],
    [{ path: 'a', url: 'http://user:word@opa.example.com' }],
    [{ path: 'a', url: 'https://opa.example.com/?x=1' }],
    [{ path: 'a', networks: ['everywhere'] }],
    [{ path: 'a', timeoutMilliseconds: 60_000 }],
    [{ path: 'a', cacheSeconds: 86_400 }],
    [{ path: 'a', failure: 'allow' }],
  ])('%j is refused when it is written', (spec) => {
    expect(() => engineWith(spec)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
  });
});

describe('kept answers', () => {
  test('none, unless declared', async () => {
    const engine = engineWith({ ...local, path: 'gatehouse/yes' });
    await engine.ask('opa', question());
    await engine.ask('opa', question());
    expect(asked).toHaveLength(2);
  });

  test('for the same question at another time, until they are too old; never a failure', async () => {
    const engine = engineWith({ ...local, path: 'gatehouse/no', cacheSeconds: 5 });
    for (const time of ['09:00', '09:01']) expect(await engine.ask('opa', question('ann', time))).toBe('denied');
    expect(asked).toHaveLength(1);
    await engine.ask('opa', question('bob'));
    expect(asked).toHaveLength(2);
    now += 5_000;
    await engine.ask('opa', question());
    expect(asked).toHaveLength(3);
    const failing = engineWith({ ...local, path: 'gatehouse/error', cacheSeconds: 5 });
    for (const count of [4, 5]) {
      expect(await failing.ask('opa', question())).toBe('failed');
      expect(asked).toHaveLength(count);
    }
  });
});
