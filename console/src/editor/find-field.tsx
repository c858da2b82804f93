import { Select } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { type RefObject, useMemo, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { fieldsLike, fieldsOf } from './fields-of.ts';
import type { JsonSchema } from './json-schema.ts';

/** Fewer are looked through faster than asked for. */
const FIELDS_MIN = 14;
const OFFERED_MAX = 40;

interface FindFieldProps {
  schema: JsonSchema;
  /** What the form stands in. */
  form: RefObject<HTMLElement | null>;
}

/** Leads to a field of a long form by what it is called or what is said of it, also where it is folded away. */
export function FindField({ schema, form }: FindFieldProps) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState('');
  const fields = useMemo(() => fieldsOf(schema), [schema]);
  if (fields.length < FIELDS_MIN) return null;
  return (
    <Select
      searchable
      maw={420}
      leftSection={<IconSearch size={16} stroke={1.75} />}
      aria-label={t('editor.find')}
      placeholder={t('editor.find')}
      nothingFoundMessage={t('editor.findNothing')}
      data={fields.map(({ path, label }) => ({ value: path, label }))}
      limit={OFFERED_MAX}
      filter={({ options, search }) => {
        const like = new Set(fieldsLike(fields, search).map(({ path }) => path));
        return options.filter((option) => 'value' in option && like.has(String(option.value)));
      }}
      value={null}
      searchValue={wanted}
      onSearchChange={setWanted}
      onChange={(path) => {
        setWanted('');
        // Once the list has closed, which takes the focus back to this box.
        if (path !== null) setTimeout(() => leadTo(form.current, path));
      }}
    />
  );
}

/** To the field, or to what it would be in: a group that is left out, a list that is empty. */
function leadTo(form: HTMLElement | null, path: string): void {
  const parts = path.split('.');
  const ways = parts.map((_, index) => parts.slice(0, parts.length - index).join('.'));
  const found = ways.flatMap((way) => form?.querySelector<HTMLElement>(`[data-field="${CSS.escape(way)}"]`) ?? [])[0];
  if (found === undefined) return;
  for (let fold = found.closest('details'); fold !== null; fold = fold.parentElement?.closest('details') ?? null) {
    fold.open = true;
  }
  found.scrollIntoView({ block: 'center' });
  found.querySelector<HTMLElement>('input:not([type=hidden]), textarea, button')?.focus({ preventScroll: true });
}
