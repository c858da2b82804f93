import { Autocomplete, TextInput, type TextInputProps } from '@mantine/core';
import { useContext } from 'react';
import { OfferedNamesContext } from './offered-names.ts';

interface TextFieldProps
  extends Pick<TextInputProps, 'label' | 'description' | 'error' | 'required' | 'disabled' | 'placeholder'> {
  path: string;
  value: string;
  onChange: (value: string) => void;
}

/** A line of text; where it is known which names there are, they are offered, and another can still be written. */
export function TextField({ path, value, onChange, ...props }: TextFieldProps) {
  const offered = useContext(OfferedNamesContext)[path];
  if (offered === undefined)
    return <TextInput {...props} value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)} />;
  return (
    <Autocomplete
      {...props}
      data={[...offered]}
      // All of them, whatever stands there: there are few, and what was chosen before would hide the others.
      filter={({ options }) => options}
      value={value}
      onChange={onChange}
    />
  );
}
