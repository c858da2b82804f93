import { Combobox, InputBase, Loader, Text, useCombobox } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { api } from '../../api/admin.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { withShownKeys } from '../../parts/shown-key.ts';
import { useNames } from './use-names.ts';
import { explorerWords } from './words.ts';

export interface Candidate {
  id: string;
  label: string;
  /** What is true of it and stands nowhere else: a key's scopes. */
  properties?: Record<string, unknown>;
}

const FOUND_MAX = 8;
const TYPING_PAUSE_MILLISECONDS = 180;

interface PrincipalFieldProps {
  type: string;
  value: string;
  onType: (id: string) => void;
  onChoose: (candidate: Candidate) => void;
}

/** Found by name as it is typed, where there is a directory of such principals; anything else is taken as an id. */
export function PrincipalField({ type, value, onType, onChoose }: PrincipalFieldProps) {
  const words = useWords(explorerWords);
  const me = useMe();
  const combobox = useCombobox({ onDropdownClose: () => combobox.resetSelectedOption() });
  const [typed] = useDebouncedValue(value.trim().toLowerCase(), TYPING_PAUSE_MILLISECONDS);
  const source = SOURCES[type];
  const name = useNames(type === 'user' ? [value] : []).get(value);
  const { data: found = [], isFetching } = useQuery({
    queryKey: ['principals', type, typed],
    enabled: source !== undefined && me.may(source.permission),
    queryFn: ({ signal }) => source?.find(typed, signal) ?? [],
    staleTime: 30_000,
  });
  return (
    <Combobox
      store={combobox}
      onOptionSubmit={(id) => {
        const chosen = found.find((each) => each.id === id);
        if (chosen !== undefined) onChoose(chosen);
        combobox.closeDropdown();
      }}
    >
      <Combobox.Target>
        <InputBase
          label={words.principal}
          {...(name === undefined ? {} : { description: name })}
          placeholder={words.principalHint}
          value={value}
          spellCheck={false}
          autoComplete="off"
          rightSection={isFetching ? <Loader size={14} /> : null}
          onChange={({ currentTarget }) => {
            onType(currentTarget.value);
            combobox.openDropdown();
          }}
          onFocus={() => combobox.openDropdown()}
          onBlur={() => combobox.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={found.length === 0}>
        <Combobox.Options>
          {found.map(({ id, label }) => (
            <Combobox.Option key={id} value={id}>
              <Text size="sm">{label}</Text>
              <Text size="xs" c="dimmed" className="mono">
                {id}
              </Text>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}

const SOURCES: Readonly<
  Record<string, { permission: string; find: (typed: string, signal: AbortSignal) => Promise<Candidate[]> }>
> = {
  user: {
    permission: 'users:read',
    async find(search, signal) {
      const query = { limit: FOUND_MAX, ...(search === '' || search.startsWith('usr_') ? {} : { search }) };
      const { data } = await api.get('/api/v1/users', { query, signal });
      return data.items.map(({ id, name, email }) => ({ id, label: `${name} · ${email}` }));
    },
  },
  api_key: {
    permission: 'keys:read',
    async find(typed, signal) {
      const query = { limit: FOUND_MAX, ...(typed === '' ? {} : { search: withShownKeys(typed) }) };
      const { data } = await api.get('/api/v1/keys', { query, signal });
      return data.items.map(({ id, name, scopes, roles }) => ({
        id,
        label: name,
        properties: { scopes, ...(roles.length === 0 ? {} : { roles }) },
      }));
    },
  },
  client: {
    permission: 'clients:read',
    async find(typed, signal) {
      const { data } = await api.get('/api/v1/clients', { query: { limit: 200 }, signal });
      return data.items
        .filter(({ name, spec }) => `${name} ${spec.displayName ?? ''}`.toLowerCase().includes(typed))
        .slice(0, FOUND_MAX)
        .map(({ name, spec }) => ({
          id: name,
          label: spec.displayName ?? name,
          properties: { scopes: spec.scopes ?? [] },
        }));
    },
  },
  service_account: {
    permission: 'service_accounts:read',
    async find(typed, signal) {
      const { data } = await api.get('/api/v1/service-accounts', { query: { limit: 200 }, signal });
      return data.items
        .filter(({ id, name }) => `${id} ${name}`.toLowerCase().includes(typed))
        .slice(0, FOUND_MAX)
        .map(({ id, name }) => ({ id, label: name }));
    },
  },
};
