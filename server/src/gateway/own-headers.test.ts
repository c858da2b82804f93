import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { systemRandom } from '#base';
import { type LimitSpec, makeLimit, rateLimitNumbers, rateLimitPolicy, rateLimitStart } from '#limits';
import { fixedClock } from '#testing';
import { DECISION_NAMES, decisionIdOf, decisionLines } from './decision-ids.ts';
import { namesOf, writeFields } from './field-text.ts';
import { OwnHeaders } from './own-headers.ts';
import { traceAppender } from './trace-context.ts';
import { isSafeFieldValue } from './transport/character-classes.ts';

describe('headers of our own', () => {
  test('are the same as a list and as lines', () => {
    const line = decisionLines({ clock: fixedClock(), random: systemRandom })();
    const headers = new OwnHeaders(['accept', '*/*']);
    headers.add('x-a', 'ü\t~: : ');
    headers.addMade(DECISION_NAMES, line);
    headers.addAll(['x-c', '', 'x-c', '2']);
    expect(headers.list).toEqual([
      ...['accept', '*/*', 'x-a', 'ü\t~: : '],
      ...['gatehouse-decision-id', decisionIdOf(line), 'x-c', '', 'x-c', '2'],
    ]);
    expect(headers.lines).toBe(writeFields(headers.list));
    expect(headers.names).toEqual(namesOf(headers.list));
  });

  test.each(['a\r\nx-evil: 1', '\n', '\r', '\0', '\x7f', '\u010a', '\u560d\u560a'])(
    'have no lines once a value is %j, whatever comes behind it: the list is refused',
    (value) => {
      const added = new OwnHeaders(['x-a', '1']);
      added.add('x-b', value);
      added.add('x-c', '2');
      added.addMade(DECISION_NAMES, decisionLines({ clock: fixedClock(), random: systemRandom })());
      expect([added.lines, writeFields(added.list)]).toEqual([undefined, undefined]);
      expect(added.list.slice(0, 6)).toEqual(['x-a', '1', 'x-b', value, 'x-c', '2']);
      expect(added.names).toEqual(['x-a', 'x-b', 'x-c', 'gatehouse-decision-id']);
      expect(new OwnHeaders(['x-b', value]).lines).toBeUndefined();
    },
  );
});

describe('what is made here is safe to write without looking', () => {
  test('decision ids', () => {
    const next = decisionLines({ clock: fixedClock(), random: systemRandom });
    for (let index = 0; index < 3000; index += 1)
      expect(next()).toMatch(/^gatehouse-decision-id: dec_[0-9a-z]{26}\r\n$/);
  });

  test('a new trace for each request, of which no byte is always the same', () => {
    const append = traceAppender(systemRandom);
    const made = Array.from({ length: 1000 }, () => {
      const headers = new OwnHeaders();
      append(headers, []);
      return headers.list[1] ?? '';
    });
    for (const each of made) expect(each).toMatch(/^00-[0-9a-f]{32}-[0-9a-f]{16}-01$/);
    expect(new Set(made.map((each) => each.slice(3, 35))).size).toBe(1000);
    expect(new Set(made.map((each) => each.slice(36, 52))).size).toBe(1000);
    for (let at = 3; at < 52; at += 1) if (at !== 35) expect(new Set(made.map((each) => each[at])).size).toBe(16);
  });

  test('traces, whatever the caller says of his', () => {
    const append = traceAppender(systemRandom);
    const field = fc.constantFrom('traceparent', 'tracestate', 'accept');
    fc.assert(
      fc.property(fc.array(fc.tuple(field, fc.string({ unit: 'binary' })), { maxLength: 4 }), (inbound) => {
        const headers = new OwnHeaders();
        append(headers, inbound.flat());
        expect(headers.lines).toBe(writeFields(headers.list));
      }),
    );
  });

  const forms: LimitSpec[] = [
    { requests: 5, perSeconds: 7 },
    { requests: 5, perSeconds: 7, burst: 2 },
    { requests: 5, perSeconds: 7, window: 'sliding' },
    { requests: 5, per: 'day' },
    { requests: 5, per: 'month' },
    { concurrent: 5 },
  ];
  test.each(forms)('limits: %j', (spec) => {
    const limit = makeLimit({ tenantId: 'a\r\nb', owner: 'route a\r\nb', name: 'route-2', by: 'ip' }, spec);
    expect(isSafeFieldValue(rateLimitPolicy([limit, limit]) + rateLimitStart(limit))).toBe(true);
    for (const odd of [0, -1, 1.5, 1e21, Number.NaN, Number.NEGATIVE_INFINITY]) {
      for (const allowed of [true, false])
        expect(isSafeFieldValue(rateLimitNumbers({ limit, allowed, remaining: odd, resetSeconds: odd }))).toBe(true);
    }
  });
});
