import { Select, SimpleGrid, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Card } from '../../parts/card.tsx';
import { CopyText } from '../../parts/secret.tsx';
import { type AnyResource, at, list, text } from './resource-kind.ts';

const GATEWAY = 'gatehouse.gateway';
const CREDENTIALS: Readonly<Record<string, string>> = {
  api_key: "-H 'X-API-Key: $KEY'",
  access_token: '-H "Authorization: Bearer $TOKEN"',
};

/** The call as it is made: to paste into a terminal, where the credential is, and not in a page that anybody could look over. */
export function TryRoute({ resource: { spec } }: { resource: AnyResource }) {
  const { t } = useTranslation();
  const match = spec.match;
  const methods = list(at(match, 'methods'));
  const ways = list(spec.authenticate).filter((way) => way in CREDENTIALS);
  const [gateway, setGateway] = useState(
    () => localStorage.getItem(GATEWAY) ?? `${location.protocol}//${location.hostname}:7800`,
  );
  const [method, setMethod] = useState<string | null>(methods[0] ?? 'GET');
  const [path, setPath] = useState(text(at(match, 'path')));
  const [way, setWay] = useState<string | null>(ways[0] ?? null);
  const host = list(at(match, 'hosts'))[0];
  const parts = [
    'curl -i',
    method === 'GET' || method === null ? '' : `-X ${method}`,
    way === null ? '' : (CREDENTIALS[way] ?? ''),
    host === undefined ? '' : `-H 'Host: ${host}'`,
    `'${gateway.replace(/\/$/, '')}${path}'`,
  ];
  return (
    <Card title={t('resources.try.title')} lead={t('resources.try.lead')}>
      <Stack>
        <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }}>
          <TextInput
            label={t('resources.try.gateway')}
            value={gateway}
            onChange={({ currentTarget }) => {
              localStorage.setItem(GATEWAY, currentTarget.value);
              setGateway(currentTarget.value);
            }}
          />
          <Select
            label={t('resources.columns.methods')}
            data={methods.length === 0 ? ['GET', 'POST', 'PUT', 'DELETE'] : methods}
            value={method}
            onChange={setMethod}
            allowDeselect={false}
          />
          <TextInput
            label={t('resources.columns.path')}
            value={path}
            onChange={({ currentTarget }) => setPath(currentTarget.value)}
          />
          <Select
            label={t('resources.try.credential')}
            placeholder={t('common.none')}
            data={ways}
            value={way}
            onChange={setWay}
            clearable
          />
        </SimpleGrid>
        <CopyText text={parts.filter((part) => part !== '').join(' ')} label="curl" />
        <Text size="xs" c="dimmed">
          {t('resources.try.after')}
        </Text>
      </Stack>
    </Card>
  );
}
