import { SegmentedControl, SimpleGrid, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRead } from '../../api/pages.ts';
import { Bars } from '../../charts/bars.tsx';
import { Figure } from '../../charts/figure.tsx';
import { bytes, compact, count, duration, hourOf, percent, shortDate } from '../../language/format.ts';
import { Card } from '../../parts/card.tsx';
import { useFilters } from '../../parts/use-filters.ts';
import classes from './usage-card.module.css';

const HOUR_MILLISECONDS = 3_600_000;
const PERIODS = {
  day: { by: 'hour', step: HOUR_MILLISECONDS, steps: 24 },
  month: { by: 'day', step: 24 * HOUR_MILLISECONDS, steps: 30 },
} as const;

/** What a key did: counted by the gateway by the hour. */
export function UsageCard({ id }: { id: string }) {
  const { t } = useTranslation();
  const filters = useFilters();
  const period = filters.get('period') === 'day' ? 'day' : 'month';
  const { by, step, steps } = PERIODS[period];
  const end = Math.ceil(Date.now() / step) * step;
  const from = end - step * steps;
  const params = { id };
  const { data } = useRead('/api/v1/keys/{id}/usage', { params, query: { by, from } });
  const { data: routes } = useRead('/api/v1/keys/{id}/usage', { params, query: { by: 'route', from } });
  const items = data?.items ?? [];
  const sum = (pick: (item: (typeof items)[number]) => number) => items.reduce((total, item) => total + pick(item), 0);
  const calls = sum((item) => item.calls);
  const refused = sum((item) => item.denied + item.limited + item.refused);
  const errors = sum((item) => item.serverErrors);
  const buckets = Array.from({ length: steps }, (_, index) => {
    const at = from + index * step;
    const found = items.find((item) => item.at === at);
    const { denied = 0, limited = 0, refused: ended = 0, serverErrors = 0 } = found ?? {};
    const no = denied + limited + ended;
    return {
      label: period === 'day' ? hourOf(at) : shortDate(at),
      values: [Math.max(0, (found?.calls ?? 0) - no - serverErrors), no, serverErrors],
    };
  });
  return (
    <Card
      title={t('keys.usage.title')}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('keys.usage.title')}
          data={[
            { value: 'day', label: t('keys.usage.day') },
            { value: 'month', label: t('keys.usage.month') },
          ]}
          value={period}
          onChange={(value) => filters.set({ period: value === 'month' ? '' : value })}
        />
      }
    >
      <SimpleGrid cols={{ base: 2, sm: 4 }} mb="md">
        <Figure label={t('keys.usage.calls')} value={compact(calls)} />
        <Figure label={t('keys.usage.refused')} value={percent(calls === 0 ? 0 : refused / calls)} />
        <Figure label={t('keys.usage.errors')} value={compact(errors)} />
        <Figure
          label={t('keys.usage.latency')}
          // What is kept of durations is a bound: the true value is at least half of it.
          value={calls === 0 ? '—' : `≤ ${duration(worst(items.map((item) => item.durationMicrosP95)))}`}
        />
      </SimpleGrid>
      {calls === 0 ? (
        <Text size="sm" c="dimmed">
          {t('keys.usage.none')}
        </Text>
      ) : (
        <Bars
          label={t('keys.usage.title')}
          series={[
            { name: t('keys.usage.allowed'), tone: 'good' },
            { name: t('keys.usage.refused'), tone: 'warn' },
            { name: t('keys.usage.errors'), tone: 'bad' },
          ]}
          buckets={buckets}
        />
      )}
      {(routes?.items.length ?? 0) > 0 && (
        <table className={classes.routes}>
          <thead>
            <tr>
              <th>{t('keys.usage.route')}</th>
              <th>{t('keys.usage.calls')}</th>
              <th>{t('keys.usage.refused')}</th>
              <th>{t('keys.usage.sent')}</th>
            </tr>
          </thead>
          <tbody>
            {routes?.items.map((item) => (
              <tr key={item.route}>
                <th scope="row">{item.route}</th>
                <td>{count(item.calls)}</td>
                <td>{count(item.denied + item.limited + item.refused)}</td>
                <td>{bytes(item.bytesOut)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Card>
  );
}

const worst = (values: readonly number[]) => Math.max(0, ...values);
