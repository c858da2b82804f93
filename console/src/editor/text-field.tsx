import { Select, TextInput, type TextInputProps } from '@mantine/core';
import { useContext } from 'react';
import { OfferedNamesContext, withCurrent } from './offered-names.ts';

interface TextFieldProps
  extends Pick<TextInputProps, 'label' | 'description' | 'error' | 'required' | 'disabled' | 'placeholder'> {
  path: string;
  value: string;
  onChange: (value: string) => void;
}

/** A line of text; or one of some names, where it is known which there are. */
export function TextField({ path, value, onChange, ...props }: TextFieldProps) {
  const offered = useContext(OfferedNamesContext)[path];
  if (offered === undefined)
    return <TextInput {...props} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)} />;
  return (
    <Select
      {...props}
      data={withCurrent(offered, value)}
      value={value || null}
      clearable={props.required !== true}
      searchable
      onChange={(next) => onChange(next ?? '')}
    />
  );
}
