import { Loader, Select } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../../api/admin.ts';
import type { Me } from '../../api/whoami.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { idTyped, mayIssueForOthers, type Owner, withoutRepeats } from './owner-of-key.ts';
import { ownerWords } from './owner-words.ts';

const FOUND_MAX = 8;
/** As many as one page has. One beyond is chosen by its id. */
const ACCOUNTS_MAX = 500;
const TYPING_PAUSE_MILLISECONDS = 180;

interface OwnerFieldProps {
  owner: Owner | null;
  onChange: (owner: Owner | null) => void;
  error?: string | undefined;
}

/** For whom a key is to act: oneself, or whoever is found. Offered as far as the server will have it. */
export function OwnerField({ owner, onChange, error }: OwnerFieldProps) {
  const say = useWords(ownerWords);
  const me = useMe();
  const [typed, type] = useState('');
  const [wanted] = useDebouncedValue(typed.trim(), TYPING_PAUSE_MILLISECONDS);
  const search = wanted === owner?.label ? '' : wanted;
  const others = mayIssueForOthers(me);
  const { data: people = [], isFetching } = useQuery({
    queryKey: ['owners of keys', 'people', search],
    enabled: others && me.may('users:read'),
    queryFn: ({ signal }) => findPeople(search, signal),
    staleTime: 30_000,
  });
  const { data: accounts = [] } = useQuery({
    queryKey: ['owners of keys', 'accounts'],
    enabled: others && me.may('service_accounts:read'),
    queryFn: ({ signal }) => readAccounts(signal),
    staleTime: 30_000,
  });
  const fits = ({ id, label }: Owner) => `${id} ${label}`.toLowerCase().includes(search.toLowerCase());
  const own: Owner[] = isPerson(me) ? [{ type: 'user', id: me.id, label: say.me }] : [];
  const groups = withoutRepeats(own, [
    { group: say.people, found: people },
    { group: say.accounts, found: accounts.filter(fits).slice(0, FOUND_MAX) },
    { group: say.typed, found: others ? idTyped(search) : [] },
  ]);
  const offered = [...own, ...groups.flatMap(({ found }) => found)];
  const options = (owners: readonly Owner[]) => owners.map(({ id, label }) => ({ value: id, label }));
  return (
    <Select
      label={say.label}
      description={say.hint}
      placeholder={say.placeholder}
      data={[
        ...options(own),
        ...groups.filter(({ found }) => found.length > 0).map(({ group, found }) => ({ group, items: options(found) })),
      ]}
      // What the server found is not sifted once more: it knows more of people than is shown.
      filter={({ options: all }) => all}
      value={owner?.id ?? null}
      onChange={(id) => onChange(offered.find((each) => each.id === id) ?? null)}
      onSearchChange={type}
      nothingFoundMessage={say.nobody}
      rightSection={isFetching ? <Loader size={14} /> : undefined}
      searchable
      clearable
      maxDropdownHeight={280}
      error={error}
    />
  );
}

const isPerson = ({ id }: Pick<Me, 'id'>): boolean => id.startsWith('usr_');

async function findPeople(search: string, signal: AbortSignal): Promise<Owner[]> {
  const query = { limit: FOUND_MAX, ...(search === '' ? {} : { search }) };
  const { data } = await api.get('/api/v1/users', { query, signal });
  return data.items.map(({ id, name, email }) => ({ type: 'user', id, label: `${name} · ${email}` }));
}

async function readAccounts(signal: AbortSignal): Promise<Owner[]> {
  const { data } = await api.get('/api/v1/service-accounts', { query: { limit: ACCOUNTS_MAX }, signal });
  return data.items.map(({ id, name, organizationId }) => ({
    type: 'service_account',
    id,
    label: name,
    ...(organizationId === null ? {} : { organization: organizationId }),
  }));
}
