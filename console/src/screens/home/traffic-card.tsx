import type { AnswerOf } from '@gatehouse/sdk/admin';
import { SimpleGrid, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Bars } from '../../charts/bars.tsx';
import { Figure } from '../../charts/figure.tsx';
import { compact, duration, hourOf, percent, shortDate } from '../../language/format.ts';
import { Card } from '../../parts/card.tsx';

export type Traffic = AnswerOf<'get', '/api/v1/traffic'>;

const DAY_MILLISECONDS = 86_400_000;

/** Calls, how many were let through, and how long they took. */
export function TrafficCard({ traffic }: { traffic: Traffic }) {
  const { t } = useTranslation();
  const { totals, steps, from, to } = traffic;
  const share = (part: number) => (totals.calls === 0 ? '—' : percent(part / totals.calls));
  const at = (time: number) => (to - from > 2 * DAY_MILLISECONDS ? `${shortDate(time)} ${hourOf(time)}` : hourOf(time));
  return (
    <Card title={t('home.traffic')} lead={traffic.complete ? undefined : t('home.incomplete')}>
      <SimpleGrid cols={{ base: 2, sm: 3, md: 5 }} mb="lg">
        <Figure label={t('home.calls')} value={compact(totals.calls)} />
        <Figure label={t('home.allowed')} value={share(totals.calls - totals.denied)} />
        <Figure label={t('home.denied')} value={compact(totals.denied)} note={share(totals.denied)} />
        <Figure label={t('home.errors')} value={compact(totals.errors)} note={share(totals.errors)} />
        <Figure
          label={t('home.latency')}
          value={totals.calls === 0 ? '—' : duration(traffic.durationMicrosP50)}
          note={totals.calls === 0 ? undefined : t('home.slowest', { time: duration(traffic.durationMicrosP95) })}
        />
      </SimpleGrid>
      {totals.calls === 0 ? (
        <Text size="sm" c="dimmed">
          {t('home.quiet')}
        </Text>
      ) : (
        <Bars
          label={t('home.traffic')}
          height={190}
          series={[
            { name: t('home.allowed'), tone: 'good' },
            { name: t('home.denied'), tone: 'warn' },
            { name: t('home.errors'), tone: 'bad' },
          ]}
          buckets={steps.map((step) => ({
            label: at(step.at),
            values: [Math.max(0, step.calls - step.denied - step.errors), step.denied, step.errors],
          }))}
        />
      )}
    </Card>
  );
}
