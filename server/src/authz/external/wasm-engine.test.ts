import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { createSafeFetch, DEFAULT_TENANT_ID, type DecisionRequest, parse } from '#base';
import type { Resource } from '#resources';
import { testLogger } from '#testing';
import { type ExternalEngineSpec, externalEngineKind } from './external-engine-kind.ts';
import { openExternalEngines } from './open-external-engines.ts';
import { WasmEngine } from './wasm-engine.ts';
import { opaModule } from './wasm-module.fixture.ts';

const read = (spec: object): ExternalEngineSpec => parse(externalEngineKind.schema, spec);

function specOf(module: Buffer, more: object = {}) {
  const spec = read({ wasm: module.toString('base64'), entrypoint: 'gatehouse/allow', ...more });
  if (!('wasm' in spec)) throw new TypeError('not a module');
  return spec;
}

let last: WasmEngine | undefined;
afterEach(() => last?.close());
function engineOf(module: Buffer, more: object = {}): WasmEngine {
  last = new WasmEngine(specOf(module, more));
  return last;
}

describe('a module', () => {
  test.each([
    ['a yes', '[{"result":true}]', true],
    ['a no', '[{"result":false}]', false],
    ['an object', '[{"result":{"allow":true}}]', { allow: true }],
    ['a rule that is undefined', '[]', undefined],
  ])('answers %s', async (_, answer, result) => {
    const engine = engineOf(opaModule({ answer }));
    expect(await engine.ask({})).toEqual(result);
    expect(await Promise.all([1, 2, 3].map(() => engine.ask({ subject: 'ann' })))).toEqual([result, result, result]);
  });

  test.each([
    ['no JSON', opaModule({ answer: 'nonsense' }), {}],
    ['no entry point of this name', opaModule(), { entrypoint: 'gatehouse/other' }],
    ['no module of OPA', Buffer.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, 0, 0, 0]), {}],
    ['no WebAssembly at all', Buffer.from('something else'), {}],
  ])('that has %s gives no answer', async (_, module, more) => {
    await expect(Promise.resolve().then(() => engineOf(module, more).ask({}))).rejects.toThrow();
  });

  test('that runs for ever is ended, with all that wait for it, and nothing else stands still', async () => {
    const engine = engineOf(opaModule({ spin: true }), { timeoutMilliseconds: 50 });
    let ticks = 0;
    const ticking = setInterval(() => {
      ticks += 1;
    }, 5);
    // The first question waits for the module to load as well, so it is the second one's time that runs out here.
    const first = engine.ask({});
    const outcome = await Promise.allSettled([first, engine.ask({}), wait(600).then(() => engine.ask({}))]);
    clearInterval(ticking);
    expect(outcome.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(ticks).toBeGreaterThan(10);
    expect(() => engine.ask({})).toThrow('a moment ago');
  }, 30_000);
});

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const QUESTION: DecisionRequest = {
  principal: {
    type: 'user',
    id: 'ann',
    tenantId: DEFAULT_TENANT_ID,
    roles: [],
    scopes: [],
    credential: { type: 'api_key', id: 'key_1' },
  },
  action: 'GET',
  resource: { type: 'Order', id: '7' },
  context: {},
};

test('an engine that is a module, another version of it, and none any more', async () => {
  const terminated = vi.spyOn(Worker.prototype, 'terminate');
  const resource: Resource<ExternalEngineSpec> = {
    tenantId: DEFAULT_TENANT_ID,
    kind: 'external_engine',
    id: 'eng_1',
    name: 'opa',
    spec: specOf(opaModule()),
    version: 1,
    createdAt: 1,
    updatedAt: 1,
    builtIn: false,
  };
  const declared = [resource];
  let changed = (_: readonly string[]): void => undefined;
  const engines = openExternalEngines({
    engines: {
      all: () => declared,
      onChange: (listener) => {
        changed = listener;
        return () => undefined;
      },
    },
    createFetch: createSafeFetch,
    clock: { now: () => 0 },
    log: testLogger(),
  });
  expect(await engines.ask('opa', QUESTION)).toBe('allowed');
  declared[0] = { ...resource, version: 2, spec: specOf(opaModule({ answer: '[{"result":false}]' })) };
  expect(await engines.ask('opa', QUESTION)).toBe('denied');
  declared[0] = { ...resource, version: 3, spec: specOf(opaModule({ answer: '[{"result":"yes"}]' })) };
  expect(await engines.ask('opa', QUESTION)).toBe('failed');

  declared[0] = { ...resource, version: 4 };
  expect(await engines.ask('opa', QUESTION)).toBe('allowed');
  const before = terminated.mock.calls.length;
  changed(['ten_other']);
  expect(terminated.mock.calls.length, 'what changes elsewhere is no reason to end it').toBe(before);
  declared.length = 0;
  changed([DEFAULT_TENANT_ID]);
  expect(terminated.mock.calls.length, 'the thread of a deleted engine ends').toBe(before + 1);
  expect(await engines.ask('opa', QUESTION)).toBe('failed');
});

test.each([
  [{ entrypoint: 'gatehouse/allow' }],
  [{ wasm: 'AGFzbQEAAAA=' }],
  [{ wasm: 'not base64!', entrypoint: 'a' }],
  [{ wasm: 'AGFzbQEAAAA=', entrypoint: '../a' }],
  [{ wasm: 'AGFzbQEAAAA=', entrypoint: 'a', url: 'https://opa.example.com' }],
  [{ wasm: 'AGFzbQEAAAA=', entrypoint: 'a', timeoutMilliseconds: 60_000 }],
])('%j is refused when it is written', (spec) => {
  expect(() => read(spec)).toThrow(expect.objectContaining({ code: 'invalid_input' }));
});
