import { TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconSearch } from '@tabler/icons-react';
import { useEffect, useState } from 'react';

const PAUSE_MILLISECONDS = 220;

/** Asks the server once the person has stopped typing. */
export function SearchBox(props: { label: string; value: string; onChange: (value: string) => void }) {
  const { label, value, onChange } = props;
  const [text, setText] = useState(value);
  const tell = useDebouncedCallback(onChange, PAUSE_MILLISECONDS);
  useEffect(() => setText(value), [value]);
  return (
    <TextInput
      type="search"
      w={{ base: '100%', xs: 240 }}
      leftSection={<IconSearch size={16} stroke={1.75} />}
      placeholder={label}
      aria-label={label}
      value={text}
      onChange={({ currentTarget }) => {
        setText(currentTarget.value);
        tell(currentTarget.value);
      }}
    />
  );
}
