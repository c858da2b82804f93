import { useSuspenseQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { meOf, whoamiQuery } from '../api/whoami.ts';
import { Blank } from '../parts/blank.tsx';
import { isOpenTo } from './all-screens.ts';
import type { ScreenDefinition } from './screen.ts';

/** Says why, instead of asking for what would be refused. */
export function Guarded({ screen, children }: { screen: ScreenDefinition; children: ReactNode }) {
  const { t } = useTranslation();
  const me = meOf(useSuspenseQuery(whoamiQuery).data);
  if (isOpenTo(me, screen)) return children;
  const { permission = '' } = screen;
  const outside = screen.tenantOnly === true && me.organizationId !== undefined;
  if (screen.organizationOnly === true && me.organizationId === undefined) {
    return (
      <Blank isPage title={t('common.notForTenantTitle')}>
        {t('common.notForTenantText')}
      </Blank>
    );
  }
  return (
    <Blank isPage title={t('common.notAllowedTitle')}>
      {outside ? t('common.notInOrganization') : t('common.notAllowedText', { permission })}
    </Blank>
  );
}
