import { describe, expect, it } from 'vitest';
import { POLICY_TEXT_LENGTH_MAX, parsePolicies } from './parse-policies.ts';

const when = (body: string): string => `permit(principal, action, resource) when { ${body} };`;

describe('parsePolicies', () => {
  it('keeps the order of the text beyond ten policies', () => {
    const ids = Array.from({ length: 25 }, (_, index) => `n${index}`);
    const parsed = parsePolicies(ids.map((id) => `@id("${id}")\npermit(principal, action, resource);`).join('\n'));
    expect(parsed.ok && parsed.statements.map(({ json }) => json.annotations?.id)).toEqual(ids);
  });

  it.each<[name: string, text: string, problem: { message: RegExp; line?: number; column?: number }]>([
    ['nothing', '', { message: /no policy/ }],
    ['only a comment', '// permit(principal, action, resource);', { message: /no policy/ }],
    [
      'an unfinished policy',
      'permit(principal,\n  action,',
      { message: /unexpected end of input: expected/, line: 2, column: 10 },
    ],
    [
      'the position after other characters',
      `${when('"é😀" == 1')}\n  oops`,
      { message: /unexpected end|unexpected token/, line: 2 },
    ],
    [
      'an unknown function',
      when('foo(1)'),
      { message: /`foo` is not a valid function.*did you mean/, line: 1, column: 44 },
    ],
    ['a number beyond 64 bits', when('1 == 9223372036854775808'), { message: /too large/, line: 1, column: 49 }],
    ['the same member twice', when('{a: 1, a: 2} == {}'), { message: /duplicate key/ }],
    [
      'brackets beyond the limit',
      when(`${'('.repeat(65)}true${')'.repeat(65)}`),
      { message: /nested more than 64/, line: 1 },
    ],
    ['a chain that exhausts the engine', when(`context${'.a'.repeat(5000)}`), { message: /nested too deeply/ }],
    ['a text beyond the limit', `//${' '.repeat(POLICY_TEXT_LENGTH_MAX)}`, { message: /longer than 65536/ }],
    ['half a character', when('"\ud800" == ""'), { message: /surrogate/ }],
    ['YAML instead of Cedar', 'effect: permit', { message: /.+/, line: 1 }],
  ])('refuses %s', (_, text, { message, ...position }) => {
    const parsed = parsePolicies(text);
    expect(parsed).toMatchObject({ ok: false, problems: [{ message: expect.stringMatching(message), ...position }] });
  });

  it('goes on after an input that exhausted the engine', () => {
    expect(parsePolicies(when(`context${'.a'.repeat(5000)}`)).ok).toBe(false);
    expect(parsePolicies(when('true')).ok).toBe(true);
  });

  it('does not count brackets in strings and comments', () => {
    expect(parsePolicies(`// ${'('.repeat(100)}\n${when(`"\\"${'('.repeat(100)}" == "\\\\"`)}`).ok).toBe(true);
  });
});
