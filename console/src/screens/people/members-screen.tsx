import { useTranslation } from 'react-i18next';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { Members } from './members.tsx';
import { words } from './words.ts';

/** For who administers one organization: its people. */
export function MembersScreen() {
  const { t } = useTranslation();
  const { members: say } = useWords(words);
  const { organizationId } = useMe();
  return (
    <>
      <PageHead title={t('shell.pages.members')} lead={say.lead} />
      {organizationId !== undefined && <Members organization={organizationId} />}
    </>
  );
}
