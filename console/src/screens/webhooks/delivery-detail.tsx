import { Button, Group, Loader, Text, Title } from '@mantine/core';
import { IconRepeat } from '@tabler/icons-react';
import { api } from '../../api/admin.ts';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { EventName } from '../../events/event-name.tsx';
import { count, dateTime } from '../../language/format.ts';
import { useWords } from '../../language/own-words.ts';
import { Facts } from '../../parts/facts.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Rows } from '../../parts/rows.tsx';
import { useAction } from '../../parts/use-action.ts';
import classes from './webhooks.module.css';
import { webhookWords } from './words.ts';

const ONE = '/api/v1/webhooks/{name}/deliveries/{id}';
const LIVE_MILLISECONDS = 3_000;

/** One delivery: what was sent, each attempt, and once more. */
export function DeliveryDetail({ webhook, id }: { webhook: string; id: string }) {
  const words = useWords(webhookWords);
  const { may } = useMe();
  const params = { name: webhook, id };
  const { data, error } = useRead(ONE, { params, refetchInterval: LIVE_MILLISECONDS });
  const redeliver = useAction({
    run: () => api.post(`${ONE}/redeliver`, { params }),
    done: () => words.redelivered,
  });
  if (error !== null) return <ProblemNote problem={error} />;
  if (data === undefined) return <Loader size="sm" />;
  return (
    <>
      <Group justify="space-between" mb="md">
        <Title order={2}>
          <EventName type={data.type} />
        </Title>
        {may('webhooks:write') && (
          <Button
            size="xs"
            variant="default"
            leftSection={<IconRepeat size={14} aria-hidden />}
            onClick={() => redeliver.mutate()}
            loading={redeliver.isPending}
          >
            {words.redeliver}
          </Button>
        )}
      </Group>
      <Facts
        facts={[
          [words.status, words.statuses[data.status]],
          [words.time, dateTime(data.createdAt)],
          [words.again, data.nextAttemptAt === null ? undefined : dateTime(data.nextAttemptAt)],
          [words.messageId, <code key="m">{data.eventId}</code>],
        ]}
      />
      <Title order={3} mt="lg" mb="xs">
        {words.attempts}
      </Title>
      <Rows empty={words.noDeliveries}>
        {data.history.map(({ number, at, durationMs, status, failure, answer }) => (
          <div key={number}>
            <Text size="sm">
              {number}. {failure ?? status ?? words.nothingAnswered}
            </Text>
            <Text size="xs" c="dimmed">
              {dateTime(at)} · {words.took(count(durationMs))}
            </Text>
            {answer !== null && <pre className={classes.text}>{answer}</pre>}
          </div>
        ))}
      </Rows>
      <Title order={3} mt="lg" mb="xs">
        {words.message}
      </Title>
      {data.body === null ? (
        <Text size="sm" c="dimmed">
          {words.mayNotRead}
        </Text>
      ) : (
        <pre className={classes.text}>{JSON.stringify(JSON.parse(data.body), null, 2)}</pre>
      )}
    </>
  );
}
