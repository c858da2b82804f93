import { Autocomplete, TextInput } from '@mantine/core';
import { useWords } from '../../language/own-words.ts';
import type { RelationModel, TupleKey } from './openfga.ts';
import { relationWords } from './words.ts';

interface TupleFieldsProps {
  model: RelationModel | undefined;
  tuple: TupleKey;
  onChange: (tuple: TupleKey) => void;
}

/** User, relation and object; relations are completed to those that the object's type has. */
export function TupleFields({ model, tuple, onChange }: TupleFieldsProps) {
  const words = useWords(relationWords);
  const type = tuple.object.split(':', 1)[0];
  const relations = relationsOf(model, type);
  return (
    <>
      <TextInput
        label={words.object}
        placeholder="document:roadmap"
        value={tuple.object}
        spellCheck={false}
        onChange={({ currentTarget }) => onChange({ ...tuple, object: currentTarget.value })}
        data-autofocus
      />
      <Autocomplete
        label={words.relation}
        data={relations}
        value={tuple.relation}
        onChange={(relation) => onChange({ ...tuple, relation })}
      />
      <TextInput
        label={words.user}
        placeholder={words.userHint}
        value={tuple.user}
        spellCheck={false}
        onChange={({ currentTarget }) => onChange({ ...tuple, user: currentTarget.value })}
      />
    </>
  );
}

export function relationsOf(model: RelationModel | undefined, type: string | undefined): string[] {
  const found = model?.type_definitions.filter((each) => type === undefined || type === '' || each.type === type) ?? [];
  return [...new Set(found.flatMap(({ relations = {} }) => Object.keys(relations)))].sort();
}
