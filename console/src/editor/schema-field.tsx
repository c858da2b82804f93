import { NumberInput, Select, Switch, TagsInput, Textarea } from '@mantine/core';
import { described } from './described.tsx';
import { FreeField } from './free-field.tsx';
import { grantWords } from './grant-words.ts';
import { itemsChosen, type JsonSchema, labelOf, type Shape, shapeOf } from './json-schema.ts';
import { NamedChoices } from './named-choices.tsx';
import { GroupField, ListField, PairsField } from './nested-fields.tsx';
import { TextField } from './text-field.tsx';

export interface FieldProps {
  name: string;
  schema: JsonSchema;
  value: unknown;
  onChange: (value: unknown) => void;
  path: string;
  errors: Readonly<Record<string, string>>;
  required: boolean;
  readOnly: boolean;
}

/** One field of a resource, by the control that fits its schema. */
export function SchemaField(props: FieldProps) {
  const Control = CONTROLS[shapeOf(props.schema)];
  return <Control {...props} />;
}

const text = (value: unknown) => (typeof value === 'string' ? value : '');
const words = (value: unknown) => (Array.isArray(value) ? value.map(String) : []);
/** Left empty, an optional field is left out. */
const orNone = <Value,>(value: Value, isEmpty: boolean, required: boolean) =>
  isEmpty && !required ? undefined : value;

function common({ name, schema, path, errors, required, readOnly }: FieldProps) {
  return {
    label: labelOf(name, schema),
    description: described(schema.description),
    error: errorAt(errors, path),
    required,
    disabled: readOnly,
  };
}

/** Its own, or of an item in it. */
export function errorAt(errors: Readonly<Record<string, string>>, path: string): string | undefined {
  const found = Object.entries(errors).find(([each]) => each === path || each.startsWith(`${path}.`));
  return found?.[1];
}

/** What the choices of some fields are called, by the field's name. */
const CALLED: Readonly<Record<string, typeof grantWords>> = { grants: grantWords };

const CONTROLS: Record<Shape, (props: FieldProps) => React.JSX.Element> = {
  choice: (props) => (
    <Select
      {...common(props)}
      data={(props.schema.enum ?? []).map(String)}
      value={text(props.value) || null}
      placeholder={typeof props.schema.default === 'string' ? props.schema.default : undefined}
      clearable={!props.required}
      onChange={(value) => props.onChange(value ?? undefined)}
    />
  ),
  flag: (props) => (
    <Switch
      label={labelOf(props.name, props.schema)}
      description={described(props.schema.description)}
      error={errorAt(props.errors, props.path)}
      disabled={props.readOnly}
      checked={props.value === true || (props.value === undefined && props.schema.default === true)}
      onChange={({ currentTarget }) => props.onChange(currentTarget.checked)}
    />
  ),
  number: (props) => (
    <NumberInput
      {...common(props)}
      // Of a number only: what is said of it has the room of its neighbours.
      styles={{ wrapper: { maxWidth: 260 } }}
      allowDecimal={props.schema.type === 'number'}
      {...(props.schema.minimum === undefined ? {} : { min: props.schema.minimum })}
      placeholder={typeof props.schema.default === 'number' ? String(props.schema.default) : undefined}
      value={typeof props.value === 'number' ? props.value : ''}
      onChange={(value) => props.onChange(value === '' ? undefined : Number(value))}
    />
  ),
  text: (props) => (
    <TextField
      {...common(props)}
      path={props.path}
      placeholder={text(props.schema.default)}
      value={text(props.value)}
      onChange={(value) => props.onChange(orNone(value, value === '', props.required))}
    />
  ),
  longText: (props) => (
    <Textarea
      {...common(props)}
      autosize
      minRows={4}
      maxRows={24}
      classNames={{ input: 'mono' }}
      value={text(props.value)}
      onChange={({ currentTarget: { value } }) => props.onChange(orNone(value, value === '', props.required))}
    />
  ),
  words: (props) => {
    const choices = props.schema.items?.enum?.map(String);
    const change = (value: readonly unknown[]) => props.onChange(orNone(value, value.length === 0, props.required));
    return choices === undefined ? (
      <TagsInput {...common(props)} value={words(props.value)} onChange={change} />
    ) : (
      <NamedChoices
        {...common(props)}
        called={CALLED[props.name]}
        choices={choices}
        value={words(props.value)}
        onChange={(value) => change(itemsChosen(props.schema, value))}
      />
    );
  },
  list: (props) => <ListField {...props} />,
  fields: (props) => <GroupField {...props} />,
  pairs: (props) => <PairsField {...props} />,
  free: (props) => <FreeField {...props} />,
};
