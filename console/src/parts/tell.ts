import { notifications } from '@mantine/notifications';
import i18next from 'i18next';
import { AdminError, requestIdOf } from '../api/admin.ts';

/** Says that something was done. */
export function tell(message: string, title?: string): void {
  notifications.show({ message, ...(title === undefined ? {} : { title }), color: 'pine', autoClose: 5000 });
}

/** Says that something was refused, with the id under which the server's log has it. */
export function tellProblem(error: unknown): void {
  const known = error instanceof AdminError ? error : undefined;
  const requestId = known === undefined ? undefined : requestIdOf(known);
  const fields = known?.fields.map(({ path, message }) => `${path}: ${message}`) ?? [];
  const id = requestId === undefined ? [] : [i18next.t('common.problemId', { id: requestId })];
  notifications.show({
    title: i18next.t('common.someFailed'),
    message: [error instanceof Error ? error.message : String(error), ...fields, ...id].join('\n'),
    color: 'red',
    autoClose: 12_000,
    styles: { description: { whiteSpace: 'pre-line' } },
  });
}
