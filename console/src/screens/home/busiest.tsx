import { Text } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { denialWords } from '../../decisions/denial-words.ts';
import { count } from '../../language/format.ts';
import { useWords } from '../../language/own-words.ts';
import { Card } from '../../parts/card.tsx';
import classes from './busiest.module.css';

interface Row {
  of: string;
  type: string;
  calls: number;
  denied: number;
}

const SHOWN = 6;

/** Who or what the calls were about, with bars to compare. */
export function Busiest({ title, rows }: { title: string; rows: readonly Row[] }) {
  const { t } = useTranslation();
  const top = Math.max(1, ...rows.map(({ calls }) => calls));
  return (
    <Card title={title}>
      {rows.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('home.nothing')}
        </Text>
      )}
      <ul className={classes.list}>
        {rows.slice(0, SHOWN).map((row) => (
          <li key={row.of}>
            <div className={classes.line}>
              <Name row={row} />
              <span className={classes.number}>
                {count(row.calls)}
                {row.denied > 0 && <em> · {t('home.deniedOf', { calls: count(row.denied) })}</em>}
              </span>
            </div>
            <div className={classes.track} aria-hidden>
              <div className={classes.bar} style={{ width: `${(row.calls / top) * 100}%` }} />
            </div>
          </li>
        ))}
      </ul>
    </Card>
  );
}

/** By its name, where it may be known. */
function Name({ row: { of, type } }: { row: Row }) {
  const { t } = useTranslation();
  const { may, mayInTenant } = useMe();
  const isKey = type === 'api_key' && of.startsWith('key_');
  const { data } = useRead('/api/v1/keys/{id}', { params: { id: of }, enabled: isKey && may('keys:read') });
  if (isKey && may('keys:read')) return <Link to={`/keys/${of}`}>{data?.name ?? of}</Link>;
  if (type === 'route' && mayInTenant('routes:read')) return <Link to={`/routes/${of}`}>{of}</Link>;
  // As the gateway records who showed nothing.
  return <span>{of === 'none' ? t('home.noCredential') : of}</span>;
}

/** Why calls were not let through. */
export function Denials({ denials }: { denials: readonly { reason: string; calls: number }[] }) {
  const { t } = useTranslation();
  const words = useWords(denialWords);
  return (
    <Card title={t('home.denials')}>
      {denials.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('home.noDenials')}
        </Text>
      )}
      <ul className={classes.list}>
        {denials.slice(0, SHOWN).map(({ reason, calls }) => (
          <li key={reason} className={classes.line}>
            <Link to="/requests" search={{ allowed: 'false' } as never}>
              {words[reason] ?? <code>{reason}</code>}
            </Link>
            <span className={classes.number}>{count(calls)}</span>
          </li>
        ))}
      </ul>
    </Card>
  );
}
