import { Button, Group, Modal, PasswordInput, Stack, TagsInput, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { AdminError, api } from '../../api/admin.ts';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { Rows } from '../../parts/rows.tsx';
import { Time } from '../../parts/time.tsx';
import { useAction } from '../../parts/use-action.ts';
import type { AnyResource } from './resource-kind.ts';
import { upstreamWords } from './upstream-words.ts';

const LOOK_MILLISECONDS = 5_000;

/** How its targets are, and the values it asks for, which go in here and never come out. */
export function UpstreamState({ resource: { name, spec } }: { resource: AnyResource }) {
  return (
    <>
      <Health name={name} />
      {Array.isArray(spec.secrets) && spec.secrets.length > 0 && <Secrets name={name} />}
    </>
  );
}

function Health({ name }: { name: string }) {
  const words = useWords(upstreamWords);
  const { data, error } = useRead('/api/v1/upstreams/{name}/health', {
    params: { name },
    refetchInterval: LOOK_MILLISECONDS,
    retry: () => false,
  });
  // Another process enforces; or it was only just made.
  if (error instanceof AdminError && error.status === 404) return null;
  return (
    <Card title={words.health} lead={words.healthLead}>
      {data !== undefined && (
        <>
          <PlainTable
            label={words.health}
            titles={[words.target, words.state, words.underWay, words.requests, words.failed]}
            rows={data.targets.map(({ url, available, inFlight, requests, failed, problem, ejection }) => ({
              key: url,
              cells: [
                <code key="url">{url}</code>,
                <Badge key="state" tone={available ? 'good' : 'bad'}>
                  {available ? words.available : ejection === 'closed' ? words.unwell : words.ejected}
                </Badge>,
                String(inFlight),
                String(requests),
                problem === '' ? String(failed) : `${failed} (${problem})`,
              ],
            }))}
          />
          <Text size="sm" c="dimmed" mt="sm">
            {words.breaker[data.breaker]} {words.retries(data.retries, data.refused)}
          </Text>
        </>
      )}
    </Card>
  );
}

function Secrets({ name }: { name: string }) {
  const { t } = useTranslation();
  const words = useWords(upstreamWords);
  const { may } = useMe();
  const [setting, setSetting] = useState<string>();
  const [removing, setRemoving] = useState<string>();
  const { data } = useRead('/api/v1/upstreams/{name}/secrets', { params: { name } });
  const remove = useAction({
    run: (secret: string) => api.delete('/api/v1/upstreams/{name}/secrets/{secret}', { params: { name, secret } }),
    done: (secret) => words.removed(secret),
    onDone: () => setRemoving(undefined),
  });
  const mayWrite = may('upstreams:write');
  return (
    <Card title={words.secrets} lead={words.secretsLead}>
      <Rows empty={words.noSecrets}>
        {data?.items.map(({ name: secret, setAt, origins }) => (
          <Group key={secret} justify="space-between">
            <div>
              <code>{secret}</code>
              <Text size="xs" c="dimmed">
                {setAt === null ? words.unset : words.setAt} {setAt !== null && <Time at={setAt} />}{' '}
                {origins?.join(' ')}
              </Text>
            </div>
            {mayWrite && (
              <Group gap="xs">
                <Button size="compact-sm" variant="default" onClick={() => setSetting(secret)}>
                  {setAt === null ? words.set : words.replace}
                </Button>
                {setAt !== null && (
                  <Button size="compact-sm" variant="default" onClick={() => setRemoving(secret)}>
                    {words.remove}
                  </Button>
                )}
              </Group>
            )}
          </Group>
        ))}
      </Rows>
      <Modal
        opened={setting !== undefined}
        onClose={() => setSetting(undefined)}
        title={words.set}
        closeOnClickOutside={false}
      >
        {setting !== undefined && <SetSecret name={name} secret={setting} onClose={() => setSetting(undefined)} />}
      </Modal>
      <Confirm
        opened={removing !== undefined}
        onClose={() => setRemoving(undefined)}
        title={words.removeTitle(removing ?? '')}
        action={words.remove}
        busy={remove.isPending}
        onConfirm={() => removing !== undefined && remove.mutate(removing)}
      >
        {words.removeText} {t('common.cannotBeUndone')}
      </Confirm>
    </Card>
  );
}

function SetSecret({ name, secret, onClose }: { name: string; secret: string; onClose: () => void }) {
  const { t } = useTranslation();
  const words = useWords(upstreamWords);
  const [value, setValue] = useState('');
  const [also, setAlso] = useState<string[]>([]);
  const set = useAction({
    run: () =>
      api.put('/api/v1/upstreams/{name}/secrets/{secret}', { params: { name, secret }, body: { value, also } }),
    done: () => words.wasSet(secret),
    onDone: onClose,
  });
  return (
    <Stack>
      <PasswordInput
        label={secret}
        description={words.valueHint}
        autoComplete="off"
        value={value}
        onChange={({ currentTarget }) => setValue(currentTarget.value)}
        data-autofocus
      />
      <TagsInput label={words.also} description={words.alsoHint} value={also} onChange={setAlso} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button onClick={() => set.mutate()} loading={set.isPending} disabled={value === ''}>
          {words.set}
        </Button>
      </Group>
    </Stack>
  );
}
