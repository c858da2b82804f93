import { Alert, Button, Group, Modal, Stack, Text, Textarea, Title } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { cedar } from '../../code/cedar-language.ts';
import { DiffView } from '../../code/diff-view.tsx';
import { PlanWarnings } from '../../editor/plan-warnings.tsx';
import { useWords } from '../../language/own-words.ts';
import { useAction } from '../../parts/use-action.ts';
import { documentsOf, putInForce } from './put-in-force.ts';
import { ReplayPanel } from './replay-panel.tsx';
import type { Workbench } from './use-workbench.ts';
import { policyWords } from './words.ts';

interface ActivateDialogProps {
  bench: Workbench;
  /** undefined: not asked. */
  mode: 'enforce' | 'shadow' | undefined;
  onClose: () => void;
}

/** The last look before it counts: what changes in the text, what the tests say, who gains and who loses. */
export function ActivateDialog({ bench, mode, onClose }: ActivateDialogProps) {
  const words = useWords(policyWords);
  const { name } = bench;
  return (
    <Modal
      opened={mode !== undefined}
      onClose={onClose}
      size="xl"
      title={mode === 'shadow' ? words.trialTitle(name) : words.activateTitle(name)}
    >
      {mode !== undefined && <LastLook bench={bench} mode={mode} onClose={onClose} />}
    </Modal>
  );
}

function LastLook({ bench, mode, onClose }: ActivateDialogProps & { mode: 'enforce' | 'shadow' }) {
  const words = useWords(policyWords);
  const { t } = useTranslation();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const [message, setMessage] = useState('');
  const { name, stored, cedar: text, tried, spec } = bench;
  const language = useMemo(cedar, []);
  const body = useMemo(() => ({ policies: [{ name, spec }] }), [name, spec]);
  const before = stored?.spec.cedar ?? '';
  const failures = mode === 'enforce' ? (tried?.tests?.failures ?? []) : [];
  const documents = documentsOf(bench, mode);
  // What would be refused is told by the tests above, or when it is tried.
  const planned = useQuery({
    queryKey: ['plan', documents],
    retry: false,
    queryFn: async ({ signal }) =>
      (await api.post('/api/v1/apply', { query: { dryRun: 'true' }, body: { documents }, signal })).data,
  });
  const put = useAction({
    run: () => putInForce(bench, { mode, message: message.trim() }),
    done: () => (mode === 'shadow' ? words.trialled(name) : words.activated(name)),
    onDone: async () => {
      await queries.refetchQueries({ queryKey: ['/api/v1/policies/{name}', name] });
      bench.settle();
      onClose();
      void navigate({ to: `/policies/${name}`, search: {} as never, replace: true });
    },
  });
  return (
    <Stack gap="lg">
      <Text size="sm">{mode === 'shadow' ? words.trialText : words.activateText}</Text>
      {failures.length > 0 && (
        <Alert color="red" variant="light" title={words.testsFailTitle}>
          {failures.map(({ test }) => (
            <Text size="sm" key={test}>
              {test}
            </Text>
          ))}
        </Alert>
      )}
      <section>
        <Title order={3} mb="xs">
          {words.whatChanges}
        </Title>
        {before === text ? (
          <Text size="sm" c="dimmed">
            {words.nothingChanges}
          </Text>
        ) : (
          <DiffView label={words.whatChanges} before={before} after={text} language={language} unified />
        )}
      </section>
      {planned.data !== undefined && <PlanWarnings planned={planned.data} />}
      <section>
        <Title order={3} mb="xs">
          {words.replay}
        </Title>
        <ReplayPanel body={body} atOnce />
      </section>
      <Textarea
        label={words.message}
        description={words.messageHint}
        autosize
        minRows={2}
        maxLength={500}
        value={message}
        onChange={({ currentTarget }) => setMessage(currentTarget.value)}
        data-autofocus
      />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t('common.cancel')}
        </Button>
        <Button disabled={failures.length > 0} loading={put.isPending} onClick={() => put.mutate()}>
          {mode === 'shadow' ? words.trialNow : words.activateNow}
        </Button>
      </Group>
    </Stack>
  );
}
