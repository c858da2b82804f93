import type { AnswerOf } from '@gatehouse/sdk/admin';
import { Alert, Button, Loader } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay, IconRefresh, IconSend, IconTrash } from '@tabler/icons-react';
import { useNavigate, useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { EventName } from '../../events/event-name.tsx';
import { count } from '../../language/format.ts';
import { useWords } from '../../language/own-words.ts';
import { Card } from '../../parts/card.tsx';
import { Confirm } from '../../parts/confirm.tsx';
import { Facts } from '../../parts/facts.tsx';
import { MoreMenu } from '../../parts/more-menu.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { Time } from '../../parts/time.tsx';
import { UnreadPage } from '../../parts/unread-page.tsx';
import { useAction } from '../../parts/use-action.ts';
import { Words } from '../../parts/words.tsx';
import { Deliveries } from './deliveries.tsx';
import { RotateSecret } from './rotate-secret.tsx';
import { type State, StateBadge } from './state-badge.tsx';
import { webhookWords } from './words.ts';

type Webhook = AnswerOf<'get', '/api/v1/webhooks/{name}'>;

/** How soon what was sent is seen. */
const LIVE_MILLISECONDS = 5_000;

export function WebhookScreen() {
  const { t } = useTranslation();
  const { name = '' } = useParams({ strict: false });
  const params = { name };
  const { data, error, refetch } = useRead('/api/v1/webhooks/{name}', { params });
  const { data: state } = useRead('/api/v1/webhooks/{name}/state', { params, refetchInterval: LIVE_MILLISECONDS });
  if (error !== null)
    return (
      <UnreadPage problem={error} within={[t('shell.pages.webhooks'), '/webhooks']} onRetry={() => void refetch()} />
    );
  if (data === undefined || state === undefined) return <Loader size="sm" />;
  return (
    <>
      <Head webhook={data} state={state} />
      <Notice state={state} />
      <About webhook={data} state={state} />
      <Deliveries webhook={name} />
    </>
  );
}

function Head({ webhook: { name, spec }, state }: { webhook: Webhook; state: State }) {
  const { t } = useTranslation();
  const words = useWords(webhookWords);
  const { may } = useMe();
  const navigate = useNavigate();
  const [asked, ask] = useState<'rotate' | 'delete'>();
  const close = () => ask(undefined);
  const params = { name };
  const isPaused = spec.paused === true;
  const setPaused = (paused: boolean) => {
    const { paused: _, ...rest } = spec;
    const body = { spec: paused ? { ...rest, paused } : rest };
    return api.put('/api/v1/webhooks/{name}', { params, body, ifMatch: '*' });
  };
  const pause = useAction({
    run: setPaused,
    done: (paused) => (paused ? words.paused : words.resumed),
    undo: (paused) => setPaused(!paused),
  });
  const test = useAction({
    run: () => api.post('/api/v1/webhooks/{name}/test', { params }),
    done: () => words.tested,
  });
  const enable = useAction({
    run: () => api.post('/api/v1/webhooks/{name}/enable', { params }),
    done: () => words.enabled,
  });
  const remove = useAction({
    run: () => api.delete('/api/v1/webhooks/{name}', { params, ifMatch: '*' }),
    done: () => words.deleted(name),
    onDone: () => void navigate({ to: '/webhooks' }),
  });
  const isSent = state.status === 'active' || state.status === 'failing';
  const actions = may('webhooks:write') && (
    <>
      <MoreMenu
        actions={[
          { label: words.rotate, icon: IconRefresh, onClick: () => ask('rotate') },
          { label: words.pause, icon: IconPlayerPause, onClick: () => pause.mutate(true), hidden: isPaused },
          { label: words.resume, icon: IconPlayerPlay, onClick: () => pause.mutate(false), hidden: !isPaused },
          { label: t('common.delete'), icon: IconTrash, harmful: true, onClick: () => ask('delete') },
        ]}
      />
      {state.status === 'disabled' && (
        <Button onClick={() => enable.mutate()} loading={enable.isPending}>
          {words.enable}
        </Button>
      )}
      {state.status === 'without_secret' && <Button onClick={() => ask('rotate')}>{words.rotate}</Button>}
      {isSent && (
        <Button
          leftSection={<IconSend size={16} aria-hidden />}
          onClick={() => test.mutate()}
          loading={test.isPending}
          variant="default"
        >
          {words.test}
        </Button>
      )}
    </>
  );
  return (
    <>
      <PageHead
        title={name}
        lead={spec.description}
        within={[[t('shell.pages.webhooks'), '/webhooks']]}
        aside={<StateBadge status={state.status} />}
        actions={actions}
      />
      <RotateSecret webhook={name} opened={asked === 'rotate'} onClose={close} />
      <Confirm
        opened={asked === 'delete'}
        onClose={close}
        title={words.deleteTitle}
        action={t('common.delete')}
        typed={name}
        busy={remove.isPending}
        onConfirm={() => remove.mutate()}
      >
        {words.deleteText}
      </Confirm>
    </>
  );
}

/** What is wrong, and what to do about it. */
function Notice({ state: { status, disabledReason, dropped } }: { state: State }) {
  const words = useWords(webhookWords);
  const said = {
    active: undefined,
    paused: undefined,
    failing: words.failing,
    without_secret: words.withoutSecret,
    disabled: disabledReason === 'gone' ? words.disabledGone : words.disabledFailing,
  }[status];
  const lines = [said, dropped === 0 ? undefined : words.dropped(count(dropped))].filter((line) => line !== undefined);
  if (lines.length === 0) return null;
  return (
    <Alert color={status === 'disabled' ? 'red' : 'yellow'} variant="light" mb="md" role="status">
      {lines.map((line) => (
        <div key={line}>{line}</div>
      ))}
    </Alert>
  );
}

function About({ webhook: { id, spec, createdAt }, state }: { webhook: Webhook; state: State }) {
  const { t } = useTranslation();
  const words = useWords(webhookWords);
  return (
    <Card title={words.about}>
      <Facts
        facts={[
          [words.url, <code key="u">{spec.url}</code>],
          [words.events, spec.events.map((type) => <EventName key={type} type={type} />)],
          [words.keyTags, spec.keyTags === undefined ? undefined : <Words key="k" words={spec.keyTags} />],
          [words.details, spec.details === true ? t('common.yes') : undefined],
          [words.contact, spec.contactEmail],
          [
            words.secrets,
            state.secrets.length > 0 &&
              state.secrets.map(({ id: secret, hint, expiresAt }) => (
                <div key={secret}>
                  <code>…{hint}</code>{' '}
                  {expiresAt !== null && (
                    <>
                      {t('common.expires')} <Time at={expiresAt} />
                    </>
                  )}
                </div>
              )),
          ],
          [words.waiting, count(state.queued)],
          [words.lastDelivered, <Time key="l" at={state.lastDeliveredAt} />],
          [t('common.id'), <code key="i">{id}</code>],
          [t('common.created'), <Time key="c" at={createdAt} />],
        ]}
      />
    </Card>
  );
}
