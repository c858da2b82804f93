import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { IconCircleCheck, IconCircleX, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useMe } from '../../api/whoami.ts';
import { decisionWords } from '../../decisions/words.ts';
import { useWords } from '../../language/own-words.ts';
import classes from './policies.module.css';
import { TestForm } from './test-form.tsx';
import type { PolicyTest, Tried } from './use-policy.ts';
import type { Workbench } from './use-workbench.ts';
import { policyWords } from './words.ts';

type Report = NonNullable<Tried['tests']>;

/** Which test is being written: of which set, and at which place there; one that is not there is new. */
interface Writing {
  set: string;
  place: number;
}

const SHOWN_MAX = 200;

/** What must hold, and whether it does with what is written now. */
export function TestsPanel({ bench }: { bench: Workbench }) {
  const words = useWords(policyWords);
  const me = useMe();
  const [writing, write] = useState<Writing>();
  const mayWrite = me.mayInTenant('policy_tests:write') && me.mayInTenant('resources:write');
  const report = bench.tried?.tests;
  const all = bench.testSets.flatMap(({ name, tests }) => tests.map((test, place) => ({ set: name, place, test })));
  const failed = new Map(report?.failures.map((failure) => [failure.test, failure]));
  const labelOf = ({ set, test }: { set: string; test: PolicyTest }) => `${set}: ${test.name}`;
  const shown = all
    .toSorted((one, other) => Number(failed.has(labelOf(other))) - Number(failed.has(labelOf(one))))
    .slice(0, SHOWN_MAX);
  const replace = (set: string, place: number, test: PolicyTest | undefined) => {
    const before = bench.testSets.find(({ name }) => name === set)?.tests ?? [];
    const after = test === undefined ? before.toSpliced(place, 1) : before.toSpliced(place, 1, test);
    bench.writeTests(set, after);
    write(undefined);
  };
  return (
    <Stack gap="md">
      <Text size="sm" c="dimmed">
        {words.testsLead}
      </Text>
      {all.length === 0 && <Text size="sm">{words.noTests}</Text>}
      {report !== undefined && all.length > 0 && <Summary report={report} />}
      {all.length > 0 && (
        <ul className={classes.tests}>
          {shown.map((each) => (
            <li key={`${each.set} ${each.place}`}>
              <TestRow
                test={each.test}
                failure={failed.get(labelOf(each))}
                onClick={() => write({ set: each.set, place: each.place })}
              />
            </li>
          ))}
        </ul>
      )}
      {mayWrite && (
        <Group>
          <Button
            variant="light"
            leftSection={<IconPlus size={16} aria-hidden />}
            onClick={() => write({ set: bench.name, place: Number.MAX_SAFE_INTEGER })}
          >
            {words.addTest}
          </Button>
        </Group>
      )}
      {report !== undefined && all.length > 0 && <Uncovered report={report} name={bench.name} />}
      {writing !== undefined && (
        <TestForm
          test={bench.testSets.find(({ name }) => name === writing.set)?.tests[writing.place]}
          readOnly={!mayWrite}
          onClose={() => write(undefined)}
          onWritten={(test) => replace(writing.set, writing.place, test)}
        />
      )}
    </Stack>
  );
}

function Summary({ report }: { report: Report }) {
  const words = useWords(policyWords);
  const { passed, failures, coverage } = report;
  const all = passed + failures.length;
  const share = coverage.clauses === 0 ? 100 : (coverage.clausesCovered / coverage.clauses) * 100;
  return (
    <div role="status">
      <Text size="sm" fw={600} c={failures.length === 0 ? 'var(--good)' : 'var(--bad)'}>
        {failures.length === 0 ? words.allPass(all) : words.someFail(failures.length, all)}
      </Text>
      <Progress value={share} size="sm" mt={8} aria-label={words.coverage} color={share === 100 ? 'green' : 'pine'} />
      <Text size="xs" c="dimmed" mt={4}>
        {words.coverageOf(coverage.clausesCovered, coverage.clauses)}
      </Text>
    </div>
  );
}

interface TestRowProps {
  test: PolicyTest;
  failure: Report['failures'][number] | undefined;
  onClick: () => void;
}

function TestRow({ test, failure, onClick }: TestRowProps) {
  const words = useWords(policyWords);
  const { reasons } = useWords(decisionWords);
  const Picture = failure === undefined ? IconCircleCheck : IconCircleX;
  return (
    <button type="button" className={classes.test} data-failed={failure !== undefined} onClick={onClick}>
      <Picture size={18} aria-hidden />
      <span className={classes.words}>
        <span className="visually-hidden">{failure === undefined ? words.passes : words.fails}: </span>
        {test.name}
        <Text size="xs" c="dimmed" component="span" display="block">
          {failure === undefined
            ? `${test.principal.id} · ${test.action} · ${test.resource.type} ${test.resource.id} → ${
                test.expect === 'allow' ? words.allowed : words.denied
              }`
            : words.expected(
                test.expect === 'allow' ? words.allowed : words.denied,
                reasons[failure.reason] ?? failure.reason,
              )}
        </Text>
      </span>
    </button>
  );
}

/** Of the policy on the bench alone: the others have theirs. */
function Uncovered({ report, name }: { report: Report; name: string }) {
  const words = useWords(policyWords);
  const missing = report.coverage.missing.filter(({ policy }) => policy === name || policy.startsWith(`${name}.`));
  if (missing.length === 0) return null;
  return (
    <div>
      <Text size="sm" fw={600}>
        {words.uncovered}
      </Text>
      <ul className={classes.list}>
        {missing
          .flatMap(({ policy, satisfied, clauses }) => [
            ...(satisfied ? [] : [[policy, words.neverSatisfied] as const]),
            ...clauses.map((clause) => [policy, clause] as const),
          ])
          .map(([policy, text]) => (
            <li key={`${policy} ${text}`} data-tone="warn">
              <Text size="xs" c="dimmed" component="span">
                {policy}
              </Text>{' '}
              <code>{text}</code>
            </li>
          ))}
      </ul>
    </div>
  );
}
