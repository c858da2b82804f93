import { Button, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { useMe } from '../api/whoami.ts';
import classes from './acting-banner.module.css';
import { usePerson } from './use-person.ts';

/** In sight on every screen while somebody acts for another; the way back is a page of the program. */
export function ActingBanner() {
  const { t } = useTranslation();
  const me = useMe();
  const person = usePerson();
  if (me.actorId === undefined) return null;
  return (
    <aside className={classes.banner} aria-label={t('shell.acting')}>
      <Text size="sm">{t('shell.actingText', { name: person.name ?? me.id })}</Text>
      <Button component="a" href="/account" size="compact-sm" variant="default">
        {t('shell.actingEnd')}
      </Button>
    </aside>
  );
}
