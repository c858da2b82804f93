import type { AnswerOf } from '@gatehouse/sdk/admin';
import { Button, Checkbox, Group, List, Stack, Stepper, Text, Textarea, TextInput } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { Figure } from '../../charts/figure.tsx';
import { EventName } from '../../events/event-name.tsx';
import { bytes, count } from '../../language/format.ts';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { CopyText, Secret } from '../../parts/secret.tsx';
import { Time } from '../../parts/time.tsx';
import { useAction } from '../../parts/use-action.ts';
import { useFilters } from '../../parts/use-filters.ts';

type Declared = AnswerOf<'post', '/api/v1/breaches'>;

/** One answer to "a key is in the wrong hands": it ends, what it touched is listed, and another takes its place. */
export function BreachScreen() {
  const { t } = useTranslation();
  const filters = useFilters();
  const [credential, setCredential] = useState(filters.get('key'));
  const [reason, setReason] = useState('');
  const [replace, setReplace] = useState(true);
  const [declared, setDeclared] = useState<Declared>();
  const declare = useAction({
    run: async () => {
      const body = { credential: credential.trim(), replace, ...(reason.trim() === '' ? {} : { reason }) };
      return (await api.post('/api/v1/breaches', { body })).data;
    },
    onDone: (answer) => {
      setDeclared(answer);
      // The key itself may stand there: it has no business in this page any longer.
      setCredential('');
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    declare.mutate();
  };
  return (
    <>
      <PageHead
        title={t('keys.breach.title')}
        lead={t('keys.breach.lead')}
        within={[[t('shell.pages.keys'), '/keys']]}
      />
      <Stepper active={declared === undefined ? 0 : 2} size="sm" mb="lg" allowNextStepsSelect={false}>
        <Stepper.Step label={t('keys.breach.stepEnd')} />
        <Stepper.Step label={t('keys.breach.stepTouched')} />
        <Stepper.Step label={t('keys.breach.stepTell')} />
      </Stepper>
      {declared === undefined ? (
        <Card>
          <form onSubmit={submit}>
            <Stack maw={560}>
              <TextInput
                label={t('keys.breach.credential')}
                description={t('keys.breach.credentialHint')}
                required
                autoComplete="off"
                spellCheck={false}
                value={credential}
                onChange={({ currentTarget }) => setCredential(currentTarget.value)}
              />
              <TextInput
                label={t('common.reason')}
                placeholder={t('keys.breach.reasonHint')}
                value={reason}
                onChange={({ currentTarget }) => setReason(currentTarget.value)}
              />
              <Checkbox
                label={t('keys.breach.replace')}
                checked={replace}
                onChange={({ currentTarget }) => setReplace(currentTarget.checked)}
              />
              <Group>
                <Button type="submit" color="red.8" loading={declare.isPending}>
                  {t('keys.breach.go')}
                </Button>
              </Group>
            </Stack>
          </form>
        </Card>
      ) : (
        <Outcome declared={declared} />
      )}
    </>
  );
}

function Outcome({ declared: { key, touched, changed, notice, replacement } }: { declared: Declared }) {
  const { t } = useTranslation();
  return (
    <>
      {replacement !== null && (
        <Card title={t('keys.breach.replacement')} lead={replacement.name}>
          <Secret text={replacement.key} note={t('keys.issue.once')} label={t('keys.key')} />
        </Card>
      )}
      {replacement === null && key.replacedBy !== null && (
        <Card title={t('keys.breach.replacedBefore')}>
          <Text size="sm">
            {t('keys.breach.replacedBeforeText')}{' '}
            <Link to={`/keys/${key.replacedBy}`}>{t('keys.overlap.successor')}</Link>
          </Text>
        </Card>
      )}
      <Card title={t('keys.breach.touched')} lead={`${key.name} ${key.display}`}>
        {touched === null ? (
          <Text size="sm">{t('keys.breach.mayNotSee')}</Text>
        ) : touched.calls === 0 ? (
          <Text size="sm">{t('keys.breach.untouched')}</Text>
        ) : (
          <Stack>
            <Group gap="xl">
              <Figure label={t('keys.usage.calls')} value={count(touched.calls)} />
              <Figure label={t('keys.usage.allowed')} value={count(touched.allowed)} />
              <Figure label={t('keys.usage.sent')} value={bytes(touched.bytesOut)} />
              {touched.tokens > 0 && <Figure label={t('keys.breach.tokens')} value={count(touched.tokens)} />}
              <Figure label={t('keys.breach.first')} value={<Time at={touched.firstAt} />} />
              <Figure label={t('keys.breach.last')} value={<Time at={touched.lastAt} />} />
            </Group>
            {(['routes', 'objects', 'addresses'] as const).map((what) => (
              <div key={what}>
                <Text size="xs" c="dimmed" mb={2}>
                  {t(`keys.breach.${what}`)}
                </Text>
                <List size="sm">
                  {touched[what].map(({ of, calls }) => (
                    <List.Item key={of}>
                      <code>{of === '' ? t('common.none') : of}</code> {count(calls)}
                    </List.Item>
                  ))}
                </List>
              </div>
            ))}
            {!touched.complete && <Text size="sm">{t('keys.breach.incomplete')}</Text>}
          </Stack>
        )}
      </Card>
      {changed !== null && changed.events.length > 0 && (
        <Card title={t('keys.breach.changed')} lead={t('keys.breach.changedHint')}>
          <List size="sm">
            {changed.events.map(({ at, type, target }) => (
              <List.Item key={`${at} ${type} ${target.id}`}>
                <EventName type={type} />{' '}
                {target.type === 'api_key' ? (
                  <Link to={`/keys/${target.id}`}>{target.name ?? target.id}</Link>
                ) : (
                  (target.name ?? target.id)
                )}
                , <Time at={at} />
              </List.Item>
            ))}
          </List>
          {!changed.complete && <Text size="sm">{t('keys.breach.changedMore')}</Text>}
        </Card>
      )}
      <Card title={t('keys.breach.notice')} lead={t('keys.breach.noticeHint')}>
        <Textarea autosize minRows={6} defaultValue={notice} aria-label={t('keys.breach.notice')} mb="sm" />
        <CopyText text={key.id} label={t('common.id')} />
      </Card>
    </>
  );
}
