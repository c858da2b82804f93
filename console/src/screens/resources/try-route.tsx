import { Select, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { CallPanel } from '../../calls/call-panel.tsx';
import { Card } from '../../parts/card.tsx';
import { type AnyResource, at, list, text } from './resource-kind.ts';

const TYPED = new Set(['api_key', 'access_token']);

/** The route as its callers have it: from this page, where its rules let pages read answers, or from a terminal. */
export function TryRoute({ resource: { spec } }: { resource: AnyResource }) {
  const { t } = useTranslation();
  const match = spec.match;
  const methods = list(at(match, 'methods'));
  const [method, setMethod] = useState(methods[0] ?? 'GET');
  const ways = list(spec.authenticate);
  return (
    <Card title={t('resources.try.title')} lead={t('resources.try.lead')}>
      <Stack>
        <Select
          label={t('resources.columns.methods')}
          data={methods.length === 0 ? ['GET', 'POST', 'PUT', 'DELETE'] : methods}
          value={method}
          onChange={(chosen) => setMethod(chosen ?? 'GET')}
          allowDeselect={false}
          maw={180}
        />
        <CallPanel
          key={method}
          method={method}
          path={text(at(match, 'path'))}
          host={list(at(match, 'hosts'))[0]}
          asksForKey={ways.length === 0 || ways.some((way) => TYPED.has(way))}
        />
        <Text size="xs" c="dimmed">
          {t('resources.try.after')}
        </Text>
      </Stack>
    </Card>
  );
}
