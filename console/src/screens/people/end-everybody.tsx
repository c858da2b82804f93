import { Button } from '@mantine/core';
import { IconUsersMinus } from '@tabler/icons-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Confirm } from '../../parts/confirm.tsx';
import { useAction } from '../../parts/use-action.ts';
import { words } from './words.ts';

const EVERYBODY = '/api/v1/sessions/end';

/** After a breach: nobody stays signed in, neither does who presses it. */
export function EndEverybody() {
  const { t } = useTranslation();
  const { everySession: say } = useWords(words);
  const { may } = useMe();
  const [asking, setAsking] = useState(false);
  const body = { everybody: true as const };
  const end = useAction({
    run: () => api.post(EVERYBODY, { body }),
    done: () => t('people.sessions.ended'),
    interrupted: () => ({ label: say.endEverybody, method: 'post', path: EVERYBODY, body }),
  });
  if (!may('sessions:write')) return null;
  return (
    <>
      <Button variant="default" leftSection={<IconUsersMinus size={16} aria-hidden />} onClick={() => setAsking(true)}>
        {say.endEverybody}
      </Button>
      <Confirm
        opened={asking}
        onClose={() => setAsking(false)}
        title={say.endEverybodyTitle}
        typed={say.everybody}
        action={t('people.sessions.end')}
        onConfirm={() => {
          end.mutate();
          setAsking(false);
        }}
      >
        {say.endEverybodyText}
      </Confirm>
    </>
  );
}
