import { Anchor, Code, Group, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useMe } from '../api/whoami.ts';
import { useWords } from '../language/own-words.ts';
import { Badge, type Tone } from '../parts/badge.tsx';
import type { Decided, PolicyWalk } from './answers.ts';
import classes from './policy-walks.module.css';
import { Sentence } from './sentence.tsx';
import { decisionWords } from './words.ts';

interface PolicyWalksProps {
  /** The nearest first. */
  policies: readonly PolicyWalk[];
  decision: Decided | undefined;
}

/** How far each policy came: the first clause that did not hold, and what it saw. */
export function PolicyWalks({ policies, decision }: PolicyWalksProps) {
  const words = useWords(decisionWords);
  return (
    <Stack gap="sm">
      {decision !== undefined && (
        <Text size="sm">{words.reasons[decision.reason] ?? <Sentence text={decision.summary} />}</Text>
      )}
      {policies.length === 0 && decision?.allowed !== true && (
        <Text size="sm" c="dimmed">
          {words.noPolicyText}
        </Text>
      )}
      {policies.map((walk) => (
        <Walk key={walk.policy} walk={walk} />
      ))}
      {decision?.errors.map(({ policy, message }) => (
        <Text key={policy} size="sm" c="red">
          {policy}: {message}
        </Text>
      ))}
    </Stack>
  );
}

function Walk({ walk }: { walk: PolicyWalk }) {
  const words = useWords(decisionWords);
  const me = useMe();
  const { policy, effect, outcome, clause } = walk;
  // `name.statement` where a text holds several.
  const resource = policy.split('.', 1)[0] ?? policy;
  return (
    <article className={classes.walk} data-effect={effect} data-outcome={outcome}>
      <Group gap="xs" wrap="wrap">
        {me.may('policies:read') ? (
          <Anchor component={Link} to={`/policies/${resource}`} size="sm" fw={600}>
            {policy}
          </Anchor>
        ) : (
          <Text size="sm" fw={600}>
            {policy}
          </Text>
        )}
        <Badge tone={effect === 'forbid' ? 'bad' : 'accent'}>{words.effect[effect]}</Badge>
        <Badge tone={toneOf(walk)}>{words.outcome[outcome]}</Badge>
      </Group>
      {clause === undefined ? (
        <Text size="xs" c="dimmed" mt={4}>
          {effect === 'forbid' ? words.policyForbids : words.policyPermits}
        </Text>
      ) : (
        <>
          <Text size="xs" c="dimmed" mt={6}>
            {words.failsAt} <Code>{clause.part}</Code>
          </Text>
          <Code block className={classes.clause ?? ''}>
            {clause.text}
          </Code>
          <dl className={classes.values}>
            {Object.entries(clause.values).map(([path, value]) => (
              <div key={path}>
                <dt>{path}</dt>
                <dd>{value}</dd>
              </div>
            ))}
          </dl>
          {clause.failure !== undefined && (
            <Text size="xs" c="red">
              {clause.failure}
            </Text>
          )}
        </>
      )}
    </article>
  );
}

function toneOf({ effect, outcome }: PolicyWalk): Tone {
  if (outcome === 'failed') return 'warn';
  if (outcome === 'not_satisfied') return 'quiet';
  return effect === 'forbid' ? 'bad' : 'good';
}
