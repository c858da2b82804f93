import { Button, Group } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { AdminError, requestIdOf } from '../api/admin.ts';
import { saidOf } from './said-of.ts';

const READ_MILLISECONDS = 5000;
const UNDO_MILLISECONDS = 10_000;
const REFUSAL_MILLISECONDS = 15_000;

/** Says that something was done, and offers to take it back for as long as it stands there. */
export function tell(message: string, { undo, title }: { undo?: () => void; title?: string } = {}): void {
  const id = notifications.show({
    ...(title === undefined ? {} : { title }),
    color: 'pine',
    closeButtonProps: { 'aria-label': i18next.t('common.close') },
    autoClose: undo === undefined ? READ_MILLISECONDS : UNDO_MILLISECONDS,
    message:
      undo === undefined ? (
        message
      ) : (
        <Group justify="space-between" wrap="nowrap">
          {message}
          <Button
            size="compact-sm"
            variant="light"
            onClick={() => {
              notifications.hide(id);
              undo();
            }}
          >
            {i18next.t('common.undo')}
          </Button>
        </Group>
      ),
  });
}

/** Says that something was refused, with the id under which the server's log has it. */
export function tellProblem(error: unknown): void {
  const known = error instanceof AdminError ? error : undefined;
  const requestId = known === undefined ? undefined : requestIdOf(known);
  const fields = known?.fields.map(({ path, message }) => `${path}: ${message}`) ?? [];
  const id = requestId === undefined ? [] : [i18next.t('common.problemId', { id: requestId })];
  notifications.show({
    title: i18next.t('common.someFailed'),
    message: [saidOf(error), ...fields, ...id].join('\n'),
    color: 'red',
    closeButtonProps: { 'aria-label': i18next.t('common.close') },
    autoClose: REFUSAL_MILLISECONDS,
    styles: { description: { whiteSpace: 'pre-line' } },
  });
}
