import { describe, expect, test } from 'vitest';
import type { JsonObject } from '#audit';
import { compileCondition } from './condition.ts';
import type { ConditionJson, ParameterType } from './model-json.ts';

function condition(expression: string, parameters: Record<string, string> = {}) {
  const json: ConditionJson = { name: 'c', expression, parameters: {} };
  for (const [name, text] of Object.entries(parameters)) {
    const [type = '', generic] = text.split(' ');
    const typed = (short: string) => ({ type_name: `TYPE_NAME_${short}` as ParameterType });
    json.parameters ??= {};
    json.parameters[name] = { ...typed(type), ...(generic === undefined ? {} : { generic_types: [typed(generic)] }) };
  }
  return compileCondition(json);
}

describe('a condition', () => {
  test.each<[string, Record<string, string>, JsonObject, unknown]>([
    ['x < 100', { x: 'INT' }, { x: 10 }, true],
    ['x < 100', { x: 'INT' }, { x: 101 }, false],
    ['x < 100', { x: 'INT' }, { x: '9007199254740993' }, false],
    ['x < 100u', { x: 'UINT' }, { x: 10 }, true],
    ['x < 1.5', { x: 'DOUBLE' }, { x: 1 }, true],
    ['x', { x: 'BOOL' }, { x: true }, true],
    ['x.startsWith("a") && size(x) == 2', { x: 'STRING' }, { x: 'ab' }, true],
    ['x < timestamp("2026-01-01T00:00:00Z")', { x: 'TIMESTAMP' }, { x: '2025-12-31T23:59:59.999999999Z' }, true],
    ['x < timestamp("2026-01-01T00:00:00Z")', { x: 'TIMESTAMP' }, { x: '2026-01-01T01:00:00+01:00' }, false],
    ['x + d > x', { x: 'TIMESTAMP', d: 'DURATION' }, { x: '2026-01-01T00:00:00Z', d: '1h30m' }, true],
    ['d == duration("5400s")', { d: 'DURATION' }, { d: '1.5h' }, true],
    ['x in l', { x: 'STRING', l: 'LIST STRING' }, { x: 'b', l: ['a', 'b'] }, true],
    ['l.exists(each, each > x)', { x: 'INT', l: 'LIST INT' }, { x: 2, l: [1, 2] }, false],
    ['m["a"] == 1 && m.a == 1', { m: 'MAP INT' }, { m: { a: 1 } }, true],
    ['x.a.b == "c"', { x: 'ANY' }, { x: { a: { b: 'c' } } }, true],
    ['ip.in_cidr("10.0.0.0/8")', { ip: 'IPADDRESS' }, { ip: '10.1.2.3' }, true],
    ['ip.in_cidr("10.0.0.0/8")', { ip: 'IPADDRESS' }, { ip: '::ffff:10.1.2.3' }, true],
    ['ip.in_cidr("::ffff:10.0.0.0/104")', { ip: 'IPADDRESS' }, { ip: '10.1.2.3' }, true],
    ['ip.in_cidr("2001:db8::/32")', { ip: 'IPADDRESS' }, { ip: '10.1.2.3' }, false],
    ['ip == ipaddress("2001:DB8:0::1")', { ip: 'IPADDRESS' }, { ip: '2001:db8::1' }, true],
  ])('%s with %j, given %j, is %j', async (expression, parameters, context, outcome) => {
    expect((await condition(expression, parameters)).evaluate(context, undefined)).toBe(outcome);
  });

  test.each<[string, Record<string, string>, JsonObject | undefined, RegExp]>([
    ['x < 100', { x: 'INT' }, undefined, /'x' are missing/],
    ['true || x', { x: 'BOOL' }, {}, /'x' are missing/],
    ['x < 100', { x: 'INT' }, { x: 1.5 }, /'x': expected an int/],
    ['x < 100', { x: 'INT' }, { x: [1] }, /expected an int/],
    ['x < 100u', { x: 'UINT' }, { x: -1 }, /expected a uint/],
    ['x < 1.0', { x: 'DOUBLE' }, { x: '1e999' }, /expected a double/],
    ['x == x', { x: 'TIMESTAMP' }, { x: 'yesterday' }, /expected a timestamp/],
    ['x == x', { x: 'DURATION' }, { x: '5' }, /expected a duration/],
    ['x == "1"', { x: 'IPADDRESS' }, { x: '0x7f.1' }, /expected an IP address/],
    ['x.in_cidr("10.0.0.0/99")', { x: 'IPADDRESS' }, { x: '10.0.0.1' }, /not a network/],
    ['x.a.b == 1', { x: 'ANY' }, { x: {} }, /./],
    ['1 / x == 1', { x: 'INT' }, { x: 0 }, /./],
    ['x', { x: 'INT' }, { x: 1 }, /gives no bool/],
  ])('%s with %j, given %j, can not be evaluated', async (expression, parameters, context, failure) => {
    const outcome = (await condition(expression, parameters)).evaluate(context, undefined);
    expect(outcome).toEqual({ failure: expect.stringMatching(failure) });
  });

  test('what the tuple says goes before what the request says', async () => {
    const c = await condition('x == 1', { x: 'INT' });
    expect(c.evaluate({ x: 1 }, { x: 2 })).toBe(false);
    expect(c.evaluate({ x: 2 }, { x: 1 })).toBe(true);
  });

  test('a context to be stored may leave parameters open, but not name others or give other types', async () => {
    const c = await condition('x == y', { x: 'INT', y: 'INT' });
    expect(c.refuseContext({})).toBeUndefined();
    expect(c.refuseContext({ x: 1 })).toBeUndefined();
    expect(c.refuseContext({ z: 1 })).toMatch(/invalid context parameter: z/);
    expect(c.refuseContext({ x: 'one' })).toMatch(/expected an int/);
    expect(c.refuseContext(JSON.parse('{"__proto__": 1}'))).toMatch(/invalid context parameter/);
  });
});

describe('a condition is refused when the model is written', () => {
  test.each([
    ['x <', /can not be read/],
    ['y < 1', /uses 'y', which is not among its parameters/],
    ['x.matches("(a+)+$")', /calls 'matches'/],
    ['@step(true)', /./],
    ['google.protobuf.Struct{}  == x', /./],
    ['[1].map(a, [1].map(b, [1].map(c, c))) == x', /loops inside each other/],
    [`${'[x]['.repeat(500)}0${']'.repeat(500)} == x`, /can not be read|levels deep/],
    [`${'[x].map(a, '.repeat(3)}x${')'.repeat(3)} == x`, /loops inside each other/],
    [Array(500).fill('x').join(' + '), /levels deep/],
  ])('%.60s', async (expression, message) => {
    await expect(condition(expression, { x: 'INT' })).rejects.toMatchObject({
      code: 'invalid_authorization_model',
      message: expect.stringMatching(message),
    });
  });
});

describe('a bomb goes off in its box', () => {
  const failure = { failure: expect.stringMatching(/more steps than a condition may take/) };

  test('loops over loops', async () => {
    const c = await condition('l.all(a, l.all(b, a == b || true))', { l: 'LIST INT' });
    expect(c.evaluate({ l: [1, 2, 3] }, undefined)).toBe(true);
    expect(c.evaluate({ l: Array(8_000).fill(1) }, undefined)).toEqual(failure);
  });

  test('texts and lists that double', async () => {
    const doubling = (start: string) => `${start}${'.map(y, y + y)'.repeat(40)}.size() > 0`;
    expect((await condition(doubling('[x]'), { x: 'STRING' })).evaluate({ x: 'a'.repeat(1000) }, undefined)).toEqual(
      failure,
    );
    expect((await condition(doubling('[l]'), { l: 'LIST INT' })).evaluate({ l: [1, 2, 3] }, undefined)).toEqual(
      failure,
    );
  });

  test('after a bomb the condition works as before', async () => {
    const c = await condition('l.all(a, l.all(b, a == b))', { l: 'LIST INT' });
    expect(c.evaluate({ l: Array(8_000).fill(1) }, undefined)).toEqual(failure);
    expect(c.evaluate({ l: [1, 1] }, undefined)).toBe(true);
  });
});
