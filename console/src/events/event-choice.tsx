import { Select } from '@mantine/core';
import { useWords } from '../language/own-words.ts';
import { EventName, eventWords } from './event-name.tsx';
import { describedEvents, describeEvent } from './event-words.ts';

interface EventChoiceProps {
  label: string;
  value: string;
  onChange: (type: string) => void;
}

/** One type of event, found by its words or by its code. */
export function EventChoice({ label, value, onChange }: EventChoiceProps) {
  const words = useWords(eventWords);
  const known = describedEvents(words);
  // The server may know more, and the address may name it.
  const offered = value === '' || known.includes(value) ? known : [value, ...known];
  const data = offered
    .map((type) => ({ value: type, label: describeEvent(words, type) ?? type }))
    .sort((one, other) => one.label.localeCompare(other.label));
  return (
    <Select
      aria-label={label}
      placeholder={label}
      w={{ base: '100%', xs: 280 }}
      searchable
      clearable
      allowDeselect={false}
      data={data}
      value={value || null}
      onChange={(type) => onChange(type ?? '')}
      renderOption={({ option }) => <EventName type={option.value} />}
      filter={({ options, search }) => options.filter((option) => 'value' in option && isMeant(option, search))}
    />
  );
}

/** Every word of what is looked for stands in the words or in the code. */
export function isMeant({ value, label }: { value: string; label: string }, search: string): boolean {
  const text = `${label} ${value}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
