import { Stack } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { type JsonSchema, labelOf } from './json-schema.ts';
import { SchemaField } from './schema-field.tsx';
import classes from './schema-fields.module.css';

export type Fields = Readonly<Record<string, unknown>>;

interface SchemaFieldsProps {
  schema: JsonSchema;
  value: Fields;
  onChange: (value: Fields) => void;
  /** What the server refused, by path. */
  errors: Readonly<Record<string, string>>;
  /** Where these fields are in the whole. */
  path?: string;
  readOnly?: boolean;
}

/** The fields of an object: what is needed or set stands open, what may be left out is folded away until it is wanted. */
export function SchemaFields({ schema, value, onChange, errors, path = '', readOnly = false }: SchemaFieldsProps) {
  const { t } = useTranslation();
  const names = Object.keys(schema.properties ?? {});
  const required = new Set(schema.required ?? []);
  // Decided once: a field that moved while somebody writes in it would lose what is written next.
  const [shown] = useState(
    () => new Set(names.filter((name) => required.has(name) || value[name] !== undefined || ALWAYS.has(name))),
  );
  const isShown = (name: string) => shown.has(name);
  const set = (name: string, next: unknown) => {
    const { [name]: _, ...others } = value;
    // In the order of the schema, so that a diff shows what changed and not what moved.
    const all = next === undefined ? others : { ...others, [name]: next };
    onChange(
      Object.fromEntries(Object.entries(all).sort(([one], [other]) => names.indexOf(one) - names.indexOf(other))),
    );
  };
  const draw = (name: string) => {
    const own = schema.properties?.[name] ?? {};
    const place = path === '' ? name : `${path}.${name}`;
    return (
      <div key={name} data-field={place}>
        <SchemaField
          name={name}
          schema={own}
          value={value[name]}
          onChange={(next) => set(name, next)}
          path={place}
          errors={errors}
          required={required.has(name)}
          readOnly={readOnly}
        />
      </div>
    );
  };
  const label = (name: string) => labelOf(name, schema.properties?.[name]);
  const rest = names.filter((name) => !isShown(name));
  const bad = rest.some((name) =>
    Object.keys(errors).some((each) => each.startsWith(path === '' ? name : `${path}.${name}`)),
  );
  return (
    <Stack gap="md">
      {names.filter(isShown).map(draw)}
      {rest.length > 0 && !readOnly && (
        <details className={classes.rest} open={bad}>
          <summary>
            {t('editor.more', { names: rest.slice(0, NAMED_MAX).map(label).join(', ') })}
            {rest.length > NAMED_MAX && ' …'}
          </summary>
          <Stack gap="md" mt="md">
            {rest.map(draw)}
          </Stack>
        </details>
      )}
    </Stack>
  );
}

/** Of what is folded away, to say what is there. */
const NAMED_MAX = 4;

/** Said of everything. */
const ALWAYS = new Set(['description', 'displayName']);
