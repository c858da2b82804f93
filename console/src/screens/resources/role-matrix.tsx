import { ScrollArea } from '@mantine/core';
import { IconCheck } from '@tabler/icons-react';
import { Fragment } from 'react';
import { useTranslation } from 'react-i18next';
import { covers } from '../../api/whoami.ts';
import { Card } from '../../parts/card.tsx';
import { type AnyResource, list } from './resource-kind.ts';
import classes from './role-matrix.module.css';
import { useKinds } from './use-kind.ts';

/** What the Admin API protects besides the kinds of resources. */
const THINGS: Readonly<Record<string, readonly string[]>> = {
  users: ['recover'],
  memberships: [],
  groups: [],
  invitations: [],
  service_accounts: [],
  sessions: [],
  keys: [],
  leaks: [],
  signing_keys: [],
  relations: ['check', 'manage'],
  policies: ['replay'],
  decisions: ['evaluate', 'search', 'filter'],
  access_records: [],
  audit: [],
  metrics: [],
  resources: [],
};
const VERBS = ['read', 'write'] as const;

/** Where there is no room for a long name, it goes on in the next line behind a `_`, and not in the middle of a word. */
const breakable = (name: string) =>
  name.split(/(?<=_)/).map((part, index) => (
    <Fragment key={part}>
      {index > 0 && <wbr />}
      {part}
    </Fragment>
  ));

/** The role as a whole: every permission there is, and whether it stands for it. */
export function RoleMatrix({ resource }: { resource: AnyResource }) {
  const { t } = useTranslation();
  const kinds = useKinds() ?? [];
  const permissions = list(resource.spec.permissions);
  const holds = (permission: string) => permissions.some((pattern) => covers(pattern, permission));
  const isEmpty = (thing: string) => ![...VERBS, ...(THINGS[thing] ?? [])].some((verb) => holds(`${thing}:${verb}`));
  // What it allows comes first: of fifty rows, most roles fill three.
  const things = [...new Set([...Object.keys(THINGS), ...kinds.map(({ plural }) => plural)])]
    .sort()
    .sort((left, right) => Number(isEmpty(left)) - Number(isEmpty(right)));
  return (
    <Card title={t('people.matrixTitle')} lead={t('people.matrixLead')} flush>
      <ScrollArea.Autosize
        mah={384}
        viewportProps={{ tabIndex: 0, role: 'region', 'aria-label': t('people.matrixTitle') }}
      >
        <table className={classes.matrix}>
          <thead>
            <tr>
              <th scope="col">{t('people.thing')}</th>
              {VERBS.map((verb) => (
                <th key={verb} scope="col">
                  {t(`people.verbs.${verb}`)}
                </th>
              ))}
              <th scope="col">{t('people.also')}</th>
            </tr>
          </thead>
          <tbody>
            {things.map((thing) => (
              <tr key={thing}>
                <th scope="row">
                  <code>{breakable(thing)}</code>
                </th>
                {VERBS.map((verb) => {
                  const isHeld = holds(`${thing}:${verb}`);
                  return (
                    <td key={verb} data-holds={isHeld}>
                      {isHeld ? (
                        <IconCheck size={16} stroke={2} aria-label={t('common.yes')} />
                      ) : (
                        <span className="visually-hidden">{t('common.no')}</span>
                      )}
                    </td>
                  );
                })}
                <td data-holds>{(THINGS[thing] ?? []).filter((verb) => holds(`${thing}:${verb}`)).join(', ')}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </ScrollArea.Autosize>
    </Card>
  );
}
