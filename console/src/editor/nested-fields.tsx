import { ActionIcon, Button, Group, Stack, Switch, TextInput } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useTranslation } from 'react-i18next';
import { described } from './described.tsx';
import { labelOf } from './json-schema.ts';
import { errorAt, type FieldProps } from './schema-field.tsx';
import classes from './schema-fields.module.css';
import { type Fields, SchemaFields } from './schema-fields.tsx';

const fields = (value: unknown): Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};

/** An object: there, or left out as a whole. */
export function GroupField({ name, schema, value, onChange, path, errors, required, readOnly }: FieldProps) {
  const isThere = required || value !== undefined;
  return (
    <fieldset className={classes.group}>
      <legend>
        {required ? (
          labelOf(name, schema)
        ) : (
          <Switch
            size="sm"
            label={labelOf(name, schema)}
            checked={isThere}
            disabled={readOnly}
            onChange={({ currentTarget }) => onChange(currentTarget.checked ? {} : undefined)}
          />
        )}
      </legend>
      {schema.description !== undefined && <p className={classes.hint}>{described(schema.description)}</p>}
      {isThere && (
        <SchemaFields
          schema={schema}
          value={fields(value)}
          onChange={onChange}
          errors={errors}
          path={path}
          readOnly={readOnly}
        />
      )}
    </fieldset>
  );
}

/** Objects one after another. */
export function ListField({ name, schema, value, onChange, path, errors, readOnly }: FieldProps) {
  const { t } = useTranslation();
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  return (
    <fieldset className={classes.group}>
      <legend>{labelOf(name, schema)}</legend>
      {schema.description !== undefined && <p className={classes.hint}>{described(schema.description)}</p>}
      <Stack gap="sm">
        {items.map((item, index) => (
          <div key={`${path}.${String(index)}`} className={classes.item}>
            {!readOnly && (
              <ActionIcon
                variant="subtle"
                color="gray"
                pos="absolute"
                top={8}
                right={8}
                aria-label={t('editor.removeItem', { number: index + 1 })}
                onClick={() => onChange(items.filter((_, at) => at !== index))}
              >
                <IconTrash size={16} />
              </ActionIcon>
            )}
            <SchemaFields
              schema={schema.items ?? {}}
              value={fields(item)}
              onChange={(next) => onChange(items.map((each, at) => (at === index ? next : each)))}
              errors={errors}
              path={`${path}.${index}`}
              readOnly={readOnly}
            />
          </div>
        ))}
        {!readOnly && (
          <Group>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconPlus size={14} />}
              onClick={() => onChange([...items, {}])}
            >
              {t('editor.addItem')}
            </Button>
          </Group>
        )}
      </Stack>
    </fieldset>
  );
}

/** Names that the author chooses, each with a text: scopes and what they mean. */
export function PairsField({ name, schema, value, onChange, path, errors, readOnly }: FieldProps) {
  const { t } = useTranslation();
  const pairs = Object.entries(fields(value)).map(([key, text]) => [key, String(text)] as const);
  const put = (next: readonly (readonly [string, string])[]) => onChange(Object.fromEntries(next));
  const change = (index: number, pair: readonly [string, string]) =>
    put(pairs.map((each, at) => (at === index ? pair : each)));
  return (
    <fieldset className={classes.group}>
      <legend>{labelOf(name, schema)}</legend>
      {schema.description !== undefined && <p className={classes.hint}>{described(schema.description)}</p>}
      <Stack gap="xs">
        {pairs.map(([key, text], index) => (
          <div key={`${path}.${String(index)}`} className={classes.pair}>
            <TextInput
              aria-label={t('common.name')}
              value={key}
              disabled={readOnly}
              error={errorAt(errors, `${path}.${key}`)}
              onChange={({ currentTarget }) => change(index, [currentTarget.value, text])}
            />
            <TextInput
              className={classes.text ?? ''}
              aria-label={t('common.description')}
              value={text}
              disabled={readOnly}
              onChange={({ currentTarget }) => change(index, [key, currentTarget.value])}
            />
            {!readOnly && (
              <ActionIcon
                variant="subtle"
                color="gray"
                mt={4}
                aria-label={t('editor.removeItem', { number: index + 1 })}
                onClick={() => put(pairs.filter((_, at) => at !== index))}
              >
                <IconTrash size={16} />
              </ActionIcon>
            )}
          </div>
        ))}
        {!readOnly && (
          <Group>
            <Button
              size="compact-sm"
              variant="default"
              leftSection={<IconPlus size={14} />}
              disabled={pairs.some(([key]) => key === '')}
              onClick={() => put([...pairs, ['', '']])}
            >
              {t('editor.addItem')}
            </Button>
          </Group>
        )}
      </Stack>
    </fieldset>
  );
}
