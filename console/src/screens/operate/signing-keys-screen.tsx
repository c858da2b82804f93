import type { BodyOf, SigningKey } from '@gatehouse/sdk/admin';
import { Box, Button, Loader, ScrollArea, Select } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { MoreMenu } from '../../parts/more-menu.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Time } from '../../parts/time.tsx';
import { UnreadPage } from '../../parts/unread-page.tsx';
import { useAction } from '../../parts/use-action.ts';
import { KeyTimeline } from './key-timeline.tsx';
import classes from './signing-keys.module.css';

const TONES: Readonly<Record<string, Tone>> = {
  announced: 'accent',
  active: 'good',
  retired: 'quiet',
  withdrawn: 'bad',
};
const SHORT_ID_LENGTH = 8;
const ALGORITHMS = ['ES256', 'RS256', 'PS256', 'EdDSA'] as const;

/** Keys that sign tokens: announced before they sign, kept to verify after. */
export function SigningKeysScreen() {
  const { t } = useTranslation();
  const { may } = useMe();
  const [asking, setAsking] = useState<'plan' | 'now'>();
  const [alg, setAlg] = useState<string | null>(null);
  const { data, error, refetch } = useRead('/api/v1/signing-keys', { refetchInterval: 30_000 });
  const rotate = useAction({
    run: (immediately: boolean) => {
      const body: BodyOf<'post', '/api/v1/signing-keys/rotate'> = { immediately };
      const chosen = ALGORITHMS.find((each) => each === alg);
      return api.post('/api/v1/signing-keys/rotate', { body: chosen === undefined ? body : { ...body, alg: chosen } });
    },
    done: (immediately) => t(immediately ? 'operate.keys.doneNow' : 'operate.keys.done'),
    onDone: () => setAsking(undefined),
  });
  if (error !== null)
    return <UnreadPage problem={error} within={[t('shell.pages.home'), '/']} onRetry={() => void refetch()} />;
  if (data === undefined) return <Loader size="sm" />;
  return (
    <>
      <PageHead
        title={t('shell.pages.signingKeys')}
        lead={t('operate.keys.lead')}
        actions={
          may('signing_keys:write') && (
            <>
              <MoreMenu
                actions={[
                  {
                    label: t('operate.keys.rotateNow'),
                    icon: IconRefresh,
                    harmful: true,
                    onClick: () => setAsking('now'),
                  },
                ]}
              />
              <Button leftSection={<IconRefresh size={16} />} onClick={() => setAsking('plan')}>
                {t('operate.keys.rotate')}
              </Button>
            </>
          )
        }
      />
      <Card title={t('operate.keys.lifeTitle')} lead={t('operate.keys.lifeLead')}>
        <KeyTimeline keys={data.items} />
      </Card>
      <Card flush>
        <KeyTable keys={data.items} />
      </Card>
      <Confirm
        opened={asking === 'plan'}
        onClose={() => setAsking(undefined)}
        title={t('operate.keys.title')}
        action={t('operate.keys.rotate')}
        harmless
        busy={rotate.isPending}
        onConfirm={() => rotate.mutate(false)}
      >
        {t('operate.keys.text')}
        <Select
          mt="md"
          label={t('operate.keys.alg')}
          placeholder={t('operate.keys.sameAlg')}
          data={[...ALGORITHMS]}
          value={alg}
          onChange={setAlg}
          clearable
        />
      </Confirm>
      <Confirm
        opened={asking === 'now'}
        onClose={() => setAsking(undefined)}
        title={t('operate.keys.titleNow')}
        action={t('operate.keys.rotateNow')}
        typed={t('operate.keys.typed')}
        busy={rotate.isPending}
        onConfirm={() => rotate.mutate(true)}
      >
        {t('operate.keys.textNow')}
      </Confirm>
    </>
  );
}

function KeyTable({ keys }: { keys: readonly SigningKey[] }) {
  const { t, i18n } = useTranslation();
  return (
    <ScrollArea viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('shell.pages.signingKeys') }}>
      <table className={classes.table}>
        <thead>
          <tr>
            {(['key', 'alg', 'state', 'announced', 'signs', 'verifies'] as const).map((name) => (
              <th key={name} scope="col">
                {t(`operate.keys.columns.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {keys.map(({ id, alg, state, createdAt, activatesAt, retiresAt, goneAt }) => (
            <tr key={id}>
              <th scope="row">
                <Box component="code" visibleFrom="sm">
                  {id}
                </Box>
                {/* As the line above calls it: there is room for no more on a telephone. */}
                <Box component="code" hiddenFrom="sm" title={id}>
                  …{id.slice(-SHORT_ID_LENGTH)}
                </Box>
              </th>
              <td>{alg}</td>
              <td>
                <Badge tone={TONES[state] ?? 'quiet'}>
                  {i18n.exists(`operate.keys.states.${state}`) ? t(`operate.keys.states.${state as 'active'}`) : state}
                </Badge>
              </td>
              <td>
                <Time at={createdAt} />
              </td>
              <td>
                <Time at={activatesAt} />
              </td>
              <td>
                {goneAt === undefined ? retiresAt === undefined ? '—' : <Time at={retiresAt} /> : <Time at={goneAt} />}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </ScrollArea>
  );
}
