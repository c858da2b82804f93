import { Autocomplete, Select, SimpleGrid, Stack, Switch, TextInput } from '@mantine/core';
import { useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import type { ImportInput } from './use-import.ts';
import { openApiWords } from './words.ts';

export type Target = Omit<ImportInput, 'text'>;

interface TargetFieldsProps {
  target: Target;
  /** Names of the APIs there are. */
  apis: readonly string[];
  isNew: boolean;
  errors: Readonly<Record<string, string>>;
  onChange: (target: Target) => void;
}

const WAYS = ['enforce', 'report', 'off'] as const;

/** What the document can't say: whose it is here, and where its requests go. */
export function TargetFields({ target, apis, isNew, errors, onChange }: TargetFieldsProps) {
  const words = useWords(openApiWords);
  const { mayInTenant } = useMe();
  const upstreams = useRead('/api/v1/upstreams', { query: { limit: 500 }, enabled: mayInTenant('upstreams:read') });
  const set = (changes: Partial<Target>) => onChange({ ...target, ...changes });
  return (
    <Stack>
      <SimpleGrid cols={{ base: 1, sm: 2 }}>
        <Autocomplete
          label={words.api}
          description={words.apiHint}
          required
          data={[...apis]}
          value={target.api}
          error={errors.api}
          onChange={(api) => set({ api })}
        />
        {isNew && (
          <TextInput
            label={words.audience}
            description={words.audienceHint}
            required
            placeholder="https://api.example.com"
            value={target.audience ?? ''}
            error={errors.audience}
            onChange={({ currentTarget }) => set({ audience: currentTarget.value })}
          />
        )}
        <Autocomplete
          label={words.upstream}
          description={words.upstreamHint}
          required
          placeholder="http://127.0.0.1:8080"
          data={upstreams.data?.items.map(({ name }) => name) ?? []}
          value={target.upstream}
          error={errors.upstream}
          onChange={(upstream) => set({ upstream })}
        />
        <TextInput
          label={words.prefix}
          description={words.prefixHint}
          value={target.prefix ?? ''}
          error={errors.prefix}
          onChange={({ currentTarget }) => set({ prefix: currentTarget.value })}
        />
        <Select
          label={words.validate}
          data={WAYS.map((value) => ({ value, label: words.validates[value] }))}
          value={target.validate ?? 'enforce'}
          allowDeselect={false}
          onChange={(way) => set({ validate: WAYS.find((each) => each === way) ?? 'enforce' })}
        />
      </SimpleGrid>
      <Switch
        label={words.listed}
        description={words.listedHint}
        checked={target.listed === true}
        onChange={({ currentTarget }) => set({ listed: currentTarget.checked })}
      />
      <Switch
        label={words.anonymous}
        checked={target.anonymous === true}
        onChange={({ currentTarget }) => set({ anonymous: currentTarget.checked })}
      />
    </Stack>
  );
}
