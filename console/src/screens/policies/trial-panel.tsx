import type { AnswerOf } from '@gatehouse/sdk/admin';
import { Anchor, Loader, Stack, Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import type { AskedRequest } from '../../decisions/answers.ts';
import { count } from '../../language/format.ts';
import { useWords } from '../../language/own-words.ts';
import { Badge } from '../../parts/badge.tsx';
import { PrincipalName } from '../../parts/principal-name.tsx';
import { Time } from '../../parts/time.tsx';
import classes from './policies.module.css';
import { policyWords } from './words.ts';

type LoggedDecision = AnswerOf<'get', '/api/v1/decisions'>['items'][number];

/** The newest that differ. */
const SHOWN_MAX = 50;

/** What policies on trial would have decided otherwise. */
export function TrialPanel({ name, isOnTrial }: { name: string; isOnTrial: boolean }) {
  const words = useWords(policyWords);
  const me = useMe();
  const { data, isPending } = useRead('/api/v1/decisions', {
    query: { shadowDiffers: 'true', limit: SHOWN_MAX },
    enabled: isOnTrial && me.may('decisions:read'),
  });
  if (!isOnTrial)
    return (
      <Text size="sm" c="dimmed">
        {words.notOnTrial}
      </Text>
    );
  if (isPending) return <Loader size="sm" />;
  const mine = (data?.items ?? []).filter(({ decision }) => isOf(name, decision.shadow));
  if (mine.length === 0) return <Text size="sm">{words.trialNone}</Text>;
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {words.trialLead}
      </Text>
      <ul className={classes.samples}>
        {alike(mine).map(({ newest: { decisionId, at, request, decision }, times }) => {
          const { principal, action, resource } = request as AskedRequest;
          return (
            <li key={decisionId}>
              <Badge tone={decision.shadow?.allowed === true ? 'good' : 'bad'}>
                {decision.shadow?.allowed === true ? words.wouldAllow : words.wouldDeny}
              </Badge>{' '}
              <Anchor
                component={Link}
                to="/requests"
                search={{ decision: decisionId } as never}
                size="sm"
                underline="always"
              >
                <PrincipalName id={principal?.id ?? ''} plain />
              </Anchor>{' '}
              <Text size="sm" c="dimmed" component="span">
                {action} · {resource?.type} {resource?.id} · {times > 1 && `${words.trialTimes(count(times))} · `}
                <Time at={at} />
              </Text>
            </li>
          );
        })}
      </ul>
    </Stack>
  );
}

/** The same caller, the same action, the same thing, the same outcome: said once, with the newest of them, and how many they were. */
function alike(decisions: readonly LoggedDecision[]): { newest: LoggedDecision; times: number }[] {
  const groups = Map.groupBy(decisions, ({ request, decision }) => {
    const { principal, action, resource } = request as AskedRequest;
    return [principal?.id, action, resource?.type, resource?.id, decision.shadow?.allowed].join('\n');
  });
  return [...groups.values()].flatMap(([newest, ...others]) =>
    newest === undefined ? [] : [{ newest, times: others.length + 1 }],
  );
}

/** A trial that forbids names what forbade; where it permits nothing any more it names nobody, and may be this one. */
function isOf(name: string, shadow: { allowed: boolean; policies?: unknown } | undefined): boolean {
  const policies = Array.isArray(shadow?.policies) ? (shadow.policies as string[]) : [];
  return policies.length === 0 || policies.some((policy) => policy === name || policy.startsWith(`${name}.`));
}
