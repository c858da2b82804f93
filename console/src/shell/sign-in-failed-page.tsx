import { Button } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Blank } from '../parts/blank.tsx';
import { type SignInFailed, startSignIn } from '../session/session.ts';

export function SignInFailedPage({ failure }: { failure: SignInFailed }) {
  const { t } = useTranslation();
  return (
    <main>
      <Blank
        title={t('shell.signInFailedTitle')}
        actions={<Button onClick={() => void startSignIn({ returnTo: '/' })}>{t('shell.signInAgain')}</Button>}
      >
        {failure.message} ({failure.code})
      </Blank>
    </main>
  );
}
