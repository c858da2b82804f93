import { Text } from '@mantine/core';
import { dateTime, relativeTime } from '../../language/format.ts';
import { Facts } from '../../parts/facts.tsx';

const TIMES = new Set(['exp', 'nbf', 'iat', 'auth_time', 'updated_at']);
const SECONDS_MAX = 1e11;

/** Names and values as they stand in the token; times besides as people read them. */
export function ClaimsTable({ members, now }: { members: Record<string, unknown>; now: number }) {
  return (
    <Facts
      facts={Object.entries(members).map(([name, value]) => [
        name,
        <span key={name}>
          <code>{typeof value === 'string' ? value : JSON.stringify(value)}</code>
          {TIMES.has(name) && typeof value === 'number' && value < SECONDS_MAX && (
            <Text size="xs" c="dimmed" component="span" ml={8}>
              {dateTime(value * 1000)} · {relativeTime(value * 1000, now)}
            </Text>
          )}
        </span>,
      ])}
    />
  );
}
