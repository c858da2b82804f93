import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { GatehouseError } from '#base';
import { answerCheck } from './evaluate/answer-check.ts';
import type { QueryScope } from './evaluate/query.ts';
import { openDslScope, tuple } from './open-scope.fixture.ts';

const guide = readFileSync(new URL('../../../../docs/guides/relationships.md', import.meta.url), 'utf8');
const fenced = (language: string) => guide.match(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``))?.[1] ?? '';

const tuples = fenced('text')
  .trim()
  .split('\n')
  .map((line) => {
    const [text = '', condition] = line.split(' with ');
    return { ...tuple(text), ...(condition === undefined ? {} : { condition: { name: condition } }) };
  });
const questions = [...guide.matchAll(/^\| `([^`]+@[^`]+)` \| (?:`([^`]+)` )?\| (yes|no|error) \|/gm)].map(
  ([, question = '', context, answer = '']) => ({ question, context, answer }),
);

describe('docs/guides/relationships.md', () => {
  let scope: QueryScope;
  beforeAll(async () => {
    scope = await openDslScope(fenced('fga'), tuples);
  });

  test('has questions to ask', () => {
    expect([tuples.length, questions.length]).toEqual([11, 8]);
  });

  test.each(questions)('$question $context: $answer', ({ question, context, answer }) => {
    const ask = () =>
      answerCheck(scope, tuple(question), context === undefined ? {} : { context: JSON.parse(context) });
    if (answer === 'error') expect(ask).toThrow(GatehouseError);
    else expect(ask()).toBe(answer === 'yes');
  });
});
