import { useTranslation } from 'react-i18next';
import { Badge } from '../../parts/badge.tsx';

/** Of a person, or of a program's account. */
export function UserStatus({ status }: { status: 'active' | 'disabled' }) {
  const { t } = useTranslation();
  return <Badge tone={status === 'active' ? 'good' : 'bad'}>{t(`people.${status}`)}</Badge>;
}
