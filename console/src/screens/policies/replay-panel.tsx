import { Anchor, Button, Stack, Text } from '@mantine/core';
import { IconPlayerTrackNext } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { api } from '../../api/admin.ts';
import { useMe } from '../../api/whoami.ts';
import { count } from '../../language/format.ts';
import { useWords } from '../../language/own-words.ts';
import { ProblemNote } from '../../parts/problem-note.tsx';
import classes from './policies.module.css';
import type { Replay, ReplayBody } from './use-policy.ts';
import { policyWords } from './words.ts';

interface ReplayPanelProps {
  /** What is tried; undefined while it can't be. */
  body: ReplayBody | undefined;
  /** Without being asked for. */
  atOnce?: boolean;
}

/** Who would gain and who would lose: the decisions of the log, made again. */
export function ReplayPanel({ body, atOnce = false }: ReplayPanelProps) {
  const words = useWords(policyWords);
  const me = useMe();
  const mayReplay = me.mayInTenant('policies:replay');
  const replay = useQuery({
    queryKey: ['replay', body],
    enabled: atOnce && mayReplay && body !== undefined,
    queryFn: async ({ signal }) =>
      (await api.post('/api/v1/policy-versions/replay', { body: body ?? { policies: [] }, signal })).data,
    staleTime: 30_000,
  });
  return (
    <Stack gap="md">
      {!atOnce && (
        <Text size="sm" c="dimmed">
          {words.replayLead}
        </Text>
      )}
      {!mayReplay && (
        <Text size="sm" c="dimmed">
          {words.mayNotReplay}
        </Text>
      )}
      {replay.error !== null && <ProblemNote problem={replay.error} />}
      {replay.data !== undefined && <Outcome replay={replay.data} />}
      {mayReplay && !(atOnce && replay.data !== undefined) && (
        <div>
          <Button
            variant={replay.data === undefined ? 'light' : 'default'}
            leftSection={<IconPlayerTrackNext size={16} aria-hidden />}
            disabled={body === undefined}
            loading={replay.isFetching}
            onClick={() => void replay.refetch()}
          >
            {replay.data === undefined ? words.runReplay : words.replayAgain}
          </Button>
        </div>
      )}
    </Stack>
  );
}

function Outcome({ replay }: { replay: Replay }) {
  const words = useWords(policyWords);
  if (replay.replayed === 0) return <Text size="sm">{words.nothingLogged}</Text>;
  return (
    <Stack gap="sm">
      <Text size="sm">
        {words.replayed(count(replay.replayed))}. {words.unchanged(count(replay.unchanged))}.
        {replay.skipped > 0 && ` ${words.skipped(count(replay.skipped))}.`}
      </Text>
      <ChangeOf kind="gained" title={words.gain} change={replay.gained} />
      <ChangeOf kind="lost" title={words.lose} change={replay.lost} />
    </Stack>
  );
}

/** The members of a sample that are shown; the API leaves the others open. */
interface Sample {
  decisionId: string;
  action: string;
  principal?: { id?: string };
  resource?: { type?: string; id?: string };
}

function ChangeOf({ kind, title, change }: { kind: string; title: string; change: Replay['gained'] }) {
  const words = useWords(policyWords);
  const samples = change.samples as readonly Sample[];
  return (
    <section className={classes.change} data-kind={kind} data-empty={change.decisions === 0}>
      <Text size="sm" fw={600}>
        {title}:{' '}
        {change.decisions === 0
          ? words.nobody
          : `${words.principals(change.principals)}, ${words.decisions(change.decisions)}`}
      </Text>
      {samples.length > 0 && (
        <ul className={classes.samples}>
          {samples.map(({ decisionId, action, principal, resource }) => (
            <li key={decisionId}>
              <Anchor component={Link} to="/requests" search={{ decision: decisionId } as never} size="sm">
                {principal?.id}
              </Anchor>{' '}
              <Text size="sm" c="dimmed" component="span">
                {action} · {resource?.type} {resource?.id}
              </Text>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
