import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconFilter } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useWords } from '../../language/own-words.ts';
import type { Filters } from '../../parts/use-filters.ts';
import classes from './requests.module.css';
import { requestWords } from './words.ts';

const STATUSES = ['2xx', '3xx', '4xx', '401', '403', '404', '429', '5xx', '502'];
const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'];
const MORE = ['route', 'principalId', 'credentialId', 'since'] as const;
const TYPING_PAUSE_MILLISECONDS = 300;

/** What is to be seen of the calls; all of it is in the address. */
export function FiltersBar({ filters }: { filters: Filters }) {
  const words = useWords(requestWords);
  const [isOpen, open] = useState(MORE.some((name) => filters.get(name) !== ''));
  return (
    <search className={classes.filters}>
      <SegmentedControl
        aria-label={words.decision}
        value={filters.get('allowed')}
        onChange={(allowed) => filters.set({ allowed })}
        data={[
          { value: '', label: words.anyDecision },
          { value: 'true', label: words.allowed },
          { value: 'false', label: words.refused },
        ]}
      />
      <Choice label={words.anyStatus} name="status" filters={filters} data={STATUSES} />
      <Choice label={words.anyMethod} name="method" filters={filters} data={METHODS} />
      <Typed label={words.path} name="pathPrefix" filters={filters} />
      {isOpen && (
        <>
          <Typed label={words.route} name="route" filters={filters} />
          <Typed label={words.principal} name="principalId" filters={filters} />
          <Typed label={words.credential} name="credentialId" filters={filters} />
          <Choice
            label={words.sinceAll}
            name="since"
            filters={filters}
            data={Object.entries(words.sinceNames).map(([value, label]) => ({ value, label }))}
          />
        </>
      )}
      <Button
        variant="subtle"
        color="gray"
        leftSection={<IconFilter size={16} aria-hidden />}
        aria-expanded={isOpen}
        onClick={() => open(!isOpen)}
      >
        {isOpen ? words.fewer : words.more}
      </Button>
    </search>
  );
}

interface FieldProps {
  label: string;
  name: string;
  filters: Filters;
}

function Choice({
  label,
  name,
  filters,
  data,
}: FieldProps & { data: readonly (string | { value: string; label: string })[] }) {
  return (
    <Select
      className={classes.choice ?? ''}
      aria-label={label}
      placeholder={label}
      clearable
      data={data}
      value={filters.get(name) || null}
      onChange={(value) => filters.set({ [name]: value ?? undefined })}
    />
  );
}

function Typed({ label, name, filters }: FieldProps) {
  const value = filters.get(name);
  const [text, setText] = useState(value);
  useEffect(() => setText(value), [value]);
  const tell = useDebouncedCallback((next: string) => filters.set({ [name]: next }), TYPING_PAUSE_MILLISECONDS);
  return (
    <TextInput
      className={classes.typed ?? ''}
      aria-label={label}
      placeholder={label}
      value={text}
      spellCheck={false}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        tell(currentTarget.value.trim());
      }}
    />
  );
}
