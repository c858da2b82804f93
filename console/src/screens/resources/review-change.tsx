import { Button, Group, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { DiffView } from '../../editor/diff-view.tsx';
import { PlanWarnings } from '../../editor/plan-warnings.tsx';
import { tellProblem } from '../../parts/tell.tsx';
import { useAction } from '../../parts/use-action.ts';
import type { Document, Plan } from './use-review.ts';

interface ReviewChangeProps {
  document: Document;
  plan: Plan;
  onClose: () => void;
  onSaved: ((name: string) => void) | undefined;
}

/** The difference, before it is made so. What was seen is what is applied: anything else that happened meanwhile stops it. */
export function ReviewChange({ document, plan, onClose, onSaved }: ReviewChangeProps) {
  const { t } = useTranslation();
  const [message, setMessage] = useState('');
  const changes = plan.answer.changes.filter(({ action }) => action !== 'unchanged');
  const apply = useAction({
    run: () =>
      api.raw('post', '/api/v1/apply', {
        body: { documents: [document] },
        ifMatch: plan.etag,
        changeMessage: message.trim(),
      }),
    done: () => t('editor.applied', { name: document.name }),
    onDone: () => {
      onClose();
      onSaved?.(document.name);
    },
    onRefused: (error) => {
      onClose();
      tellProblem(error.status === 412 ? new Error(t('editor.changedMeanwhile')) : error);
    },
  });
  return (
    <Modal opened onClose={onClose} size="xl" title={t('editor.reviewTitle')}>
      <Stack>
        {changes.length === 0 && <Text size="sm">{t('editor.nothingChanges')}</Text>}
        {changes.map(({ kind, name, diff }) => (
          <div key={`${kind} ${name}`}>
            <Text size="sm" mb={6}>
              {kind} <b>{name}</b>
            </Text>
            <DiffView diff={diff} />
          </div>
        ))}
        <PlanWarnings planned={plan.answer} />
        {changes.length > 0 && (
          <TextInput
            label={t('editor.message')}
            description={t('editor.messageHint')}
            value={message}
            maxLength={500}
            onChange={({ currentTarget }) => setMessage(currentTarget.value)}
          />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t('common.cancel')}
          </Button>
          {changes.length > 0 && (
            <Button onClick={() => apply.mutate()} loading={apply.isPending}>
              {t('editor.apply')}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}
