import { Button } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { Blank } from '../parts/blank.tsx';

export function NotFoundPage() {
  const { t } = useTranslation();
  return (
    <Blank
      isPage
      title={t('shell.notFoundTitle')}
      actions={
        <Button component={Link} to="/" variant="default">
          {t('shell.home')}
        </Button>
      }
    >
      {t('shell.notFoundText')}
    </Blank>
  );
}
