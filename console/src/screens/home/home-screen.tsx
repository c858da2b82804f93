import { SegmentedControl, SimpleGrid } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { useFilters } from '../../parts/use-filters.ts';
import { usePerson } from '../../shell/use-person.ts';
import { Alerts } from './alerts.tsx';
import { Busiest, Denials } from './busiest.tsx';
import { Expiring } from './expiring.tsx';
import { FirstSteps } from './first-steps.tsx';
import { SignIns } from './sign-ins.tsx';
import { TrafficCard } from './traffic-card.tsx';

/** How far to look back, and in how many steps. */
const PERIODS = {
  hour: { minutes: 60, steps: 60 },
  day: { minutes: 24 * 60, steps: 48 },
  week: { minutes: 7 * 24 * 60, steps: 84 },
} as const;
const LOOK_MILLISECONDS = 10_000;

/** The state of all access at a glance. */
export function HomeScreen() {
  const { t } = useTranslation();
  const { may } = useMe();
  const { name } = usePerson();
  const filters = useFilters();
  const period = (filters.get('period') || 'hour') as keyof typeof PERIODS;
  const mayTraffic = may('access_records:read');
  const { data } = useRead('/api/v1/traffic', {
    query: PERIODS[period] ?? PERIODS.hour,
    enabled: mayTraffic,
    refetchInterval: LOOK_MILLISECONDS,
  });
  return (
    <>
      <PageHead
        title={name === undefined ? t('shell.pages.home') : t('home.hello', { name: name.split(' ')[0] })}
        lead={t('home.lead')}
        actions={
          mayTraffic && (
            <SegmentedControl
              aria-label={t('home.period')}
              data={(['hour', 'day', 'week'] as const).map((value) => ({ value, label: t(`home.periods.${value}`) }))}
              value={period}
              onChange={(value) => filters.set({ period: value === 'hour' ? '' : value })}
            />
          )
        }
      />
      <FirstSteps hasCalls={(data?.totals.calls ?? 0) > 0} />
      <Alerts traffic={data} />
      {data !== undefined && (
        <>
          <TrafficCard traffic={data} />
          <SimpleGrid cols={{ base: 1, md: 2, lg: 3 }} spacing="lg" mt="lg">
            <Busiest title={t('home.topKeys')} rows={data.credentials} />
            <Busiest title={t('home.topRoutes')} rows={data.routes.map((row) => ({ ...row, type: 'route' }))} />
            <Denials denials={data.denials} />
          </SimpleGrid>
        </>
      )}
      <SimpleGrid cols={{ base: 1, md: 2 }} spacing="lg" mt="lg">
        <Expiring />
        <SignIns />
      </SimpleGrid>
    </>
  );
}
