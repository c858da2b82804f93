import { Button, Group, Modal, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../api/admin.ts';
import { tell, tellProblem } from '../parts/tell.tsx';
import { keepPending, type PendingAction, takePending } from '../session/after-sign-in.ts';
import { proveAgain } from '../session/session.ts';

/** Without an action there is nothing to go on with: the person comes back to the page alone. */
interface Asked {
  action: Omit<PendingAction, 'at'> | undefined;
}

type AskForProof = (action?: Omit<PendingAction, 'at'>) => void;

const Context = createContext<AskForProof>(() => undefined);

/** Leads through a fresh sign-in, and offers what was interrupted when the person is back (RFC 9470 §4). */
export const useStepUp = (): AskForProof => useContext(Context);

export function StepUpProvider({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Asked>();
  const ask = useMemo<AskForProof>(() => (action) => setAsked({ action }), []);
  const go = () => {
    if (asked?.action !== undefined) keepPending(asked.action);
    void proveAgain();
  };
  return (
    <Context value={ask}>
      {children}
      <Modal opened={asked !== undefined} onClose={() => setAsked(undefined)} title={t('shell.stepUpTitle')}>
        <Text size="sm">{t('shell.stepUpText')}</Text>
        {asked?.action !== undefined && (
          <Text size="sm" mt="sm" fw={600}>
            {asked.action.label}
          </Text>
        )}
        <Group justify="flex-end" mt="lg">
          <Button variant="default" onClick={() => setAsked(undefined)}>
            {t('common.cancel')}
          </Button>
          <Button onClick={go} data-autofocus>
            {t('shell.stepUpGo')}
          </Button>
        </Group>
      </Modal>
      <Interrupted />
    </Context>
  );
}

/** After a fresh sign-in. It is asked and not simply done: the person may have thought better of it. */
function Interrupted() {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const [action, setAction] = useState<PendingAction>();
  useEffect(() => setAction(takePending()), []);
  const run = async () => {
    if (action === undefined) return;
    setAction(undefined);
    try {
      await api.raw(action.method, action.path, { params: action.params, body: action.body });
      tell(action.label, { title: t('common.done') });
    } catch (error) {
      tellProblem(error);
    }
    await queries.invalidateQueries();
  };
  return (
    <Modal opened={action !== undefined} onClose={() => setAction(undefined)} title={t('shell.continueTitle')}>
      <Text size="sm">{t('shell.continueText')}</Text>
      <Text size="sm" mt="sm" fw={600}>
        {action?.label}
      </Text>
      <Group justify="flex-end" mt="lg">
        <Button variant="default" onClick={() => setAction(undefined)}>
          {t('common.cancel')}
        </Button>
        <Button onClick={() => void run()} data-autofocus>
          {t('shell.continueGo')}
        </Button>
      </Group>
    </Modal>
  );
}
