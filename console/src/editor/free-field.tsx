import { Textarea } from '@mantine/core';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { described } from './described.tsx';
import { labelOf } from './json-schema.ts';
import { errorAt, type FieldProps } from './schema-field.tsx';

/** What has more than one form: written as JSON, and taken over as soon as it is some. */
export function FreeField({ name, schema, value, onChange, path, errors, required, readOnly }: FieldProps) {
  const { t } = useTranslation();
  const [text, setText] = useState(() => (value === undefined ? '' : JSON.stringify(value, null, 2)));
  const [isBroken, setBroken] = useState(false);
  const take = (next: string) => {
    setText(next);
    if (next.trim() === '') {
      setBroken(false);
      onChange(undefined);
      return;
    }
    try {
      onChange(JSON.parse(next));
      setBroken(false);
    } catch {
      setBroken(true);
    }
  };
  return (
    <Textarea
      label={labelOf(name, schema)}
      description={described(schema.description)}
      placeholder={t('editor.asJson')}
      error={isBroken ? t('editor.noJson') : errorAt(errors, path)}
      required={required}
      disabled={readOnly}
      autosize
      minRows={1}
      maxRows={16}
      spellCheck={false}
      classNames={{ input: 'mono' }}
      value={text}
      onChange={({ currentTarget }) => take(currentTarget.value)}
    />
  );
}
