import { describe, expect, it } from 'vitest';
import { type Case, compiledAnswer, officialAnswer } from './both-engines.fixture.ts';

/** `error`: the policy is skipped and reported. */
type Outcome = 'true' | 'false' | 'error';
export type ExpressionTable = Readonly<Record<string, readonly (readonly [expression: string, outcome: Outcome])[]>>;

const REQUEST: Omit<Case, 'policies'> = {
  principal: { type: 'User', id: 'alice' },
  action: { type: 'Action', id: 'read' },
  resource: { type: 'Shop::Order', id: '1' },
  context: {
    flag: true,
    zero: 0,
    'with space': 1,
    tags: ['red', 'green'],
    many: Array.from({ length: 40 }, (_, number) => number),
    nested: { deep: { value: 7 } },
    address: '192.0.2.7',
    time: '2025-06-01T12:00:00Z',
    at: { __extn: { fn: 'datetime', arg: '2025-06-01T12:00:00Z' } },
    price: { __extn: { fn: 'decimal', arg: '9.99' } },
  },
  entities: [
    {
      uid: { type: 'User', id: 'alice' },
      attrs: {
        age: 30,
        manager: { __entity: { type: 'User', id: 'bob' } },
        groups: [{ __entity: { type: 'Group', id: 'everyone' } }],
      },
      parents: [{ type: 'Group', id: 'staff' }],
      tags: { team: 'blue' },
    },
    { uid: { type: 'User', id: 'bob' }, attrs: { age: 60 }, parents: [], tags: {} },
    { uid: { type: 'Group', id: 'staff' }, attrs: {}, parents: [{ type: 'Group', id: 'everyone' }], tags: {} },
    { uid: { type: 'Action', id: 'read' }, attrs: {}, parents: [{ type: 'Action', id: 'all' }], tags: {} },
    {
      uid: { type: 'Shop::Order', id: '1' },
      attrs: { owner: { __entity: { type: 'User', id: 'alice' } } },
      parents: [],
      tags: {},
    },
  ],
};

/** Holds each expression to its outcome, in our engine and in the official one. */
export function testExpressions(table: ExpressionTable): void {
  describe.each(Object.entries(table))('%s', (_, rows) => {
    // One call of the official engine for the whole group: it is slow to enter.
    const policies = Object.fromEntries(
      rows.map(([expression], index) => [`p${index}`, `permit(principal, action, resource) when { ${expression} };`]),
    );
    const answers = {
      ours: compiledAnswer({ ...REQUEST, policies }),
      official: officialAnswer({ ...REQUEST, policies }),
    };

    it.each(rows.map(([expression, outcome], index) => ({ expression, outcome, name: `p${index}` })))(
      '$expression is $outcome',
      ({ outcome, name }) => {
        const outcomeOf = ({ reasons, erroring }: typeof answers.ours): Outcome =>
          erroring.includes(name) ? 'error' : reasons.includes(name) ? 'true' : 'false';
        expect({ ours: outcomeOf(answers.ours), official: outcomeOf(answers.official) }).toEqual({
          ours: outcome,
          official: outcome,
        });
      },
    );
  });
}
