import type { SigningKey } from '@gatehouse/sdk/admin';
import { useTranslation } from 'react-i18next';
import { dateTime } from '../../language/format.ts';
import classes from './signing-keys.module.css';

const HOUR_MILLISECONDS = 3_600_000;
/** For who is still good: as if for so long, so that the line has an end. */
const OPEN_END_MILLISECONDS = 24 * HOUR_MILLISECONDS;
const PHASES = ['announced', 'signs', 'verifies'] as const;

/** The life of each key on one line: announced, signing, verifying; now stands across them. */
export function KeyTimeline({ keys }: { keys: readonly SigningKey[] }) {
  const { t } = useTranslation();
  const now = Date.now();
  const end = Math.max(
    now + OPEN_END_MILLISECONDS / 4,
    ...keys.map(({ goneAt, retiresAt = 0 }) => goneAt ?? Math.min(retiresAt, now + OPEN_END_MILLISECONDS)),
  );
  const start = Math.max(
    Math.min(now - HOUR_MILLISECONDS, ...keys.map(({ createdAt }) => createdAt)),
    now - 4 * OPEN_END_MILLISECONDS,
  );
  const place = (at: number) => `${Math.min(100, Math.max(0, ((at - start) / (end - start)) * 100))}%`;
  return (
    <>
      <div className={classes.lines}>
        {keys.map((key) => {
          const times = [key.createdAt, key.activatesAt, key.retiresAt ?? end, key.goneAt ?? key.retiresAt ?? end];
          return (
            <div key={key.id} className={classes.line}>
              <code className={classes.name} title={key.id}>
                …{key.id.slice(-8)}
              </code>
              <div className={classes.track}>
                {PHASES.map((phase, index) => {
                  const [from = start, to = end] = [times[index], times[index + 1]];
                  if (to <= from) return null;
                  return (
                    <div
                      key={phase}
                      className={classes.phase}
                      data-phase={phase}
                      title={`${t(`operate.keys.phases.${phase}`)}: ${dateTime(from)} – ${dateTime(to)}`}
                      style={{ left: place(from), width: `calc(${place(to)} - ${place(from)})` }}
                    />
                  );
                })}
                <div className={classes.now} style={{ left: place(now) }} aria-hidden>
                  {key === keys[0] && <span className={classes.nowText}>{t('operate.keys.now')}</span>}
                </div>
              </div>
            </div>
          );
        })}
      </div>
      <div className={classes.legend} aria-hidden>
        {PHASES.map((phase) => (
          <span key={phase}>
            <i className={classes.phase} data-phase={phase} />
            {t(`operate.keys.phases.${phase}`)}
          </span>
        ))}
      </div>
    </>
  );
}
