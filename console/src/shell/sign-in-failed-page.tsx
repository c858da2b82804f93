import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Blank } from '../parts/blank.tsx';
import { BASE, signIn } from '../session/session.ts';

export function SignInFailedPage({ failure }: { failure: Error }) {
  const { t } = useTranslation();
  return (
    <main>
      <Blank
        isPage
        title={t('shell.signInFailedTitle')}
        actions={<Button onClick={() => void signIn(BASE)}>{t('shell.signInAgain')}</Button>}
      >
        {failure.message}
      </Blank>
    </main>
  );
}
