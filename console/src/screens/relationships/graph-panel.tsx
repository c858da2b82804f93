import { Alert, Button, Group, Loader, Text, TextInput } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, useEffect, useMemo, useState } from 'react';
import { useWords } from '../../language/own-words.ts';
import { Card } from '../../parts/card.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useFilters } from '../../parts/use-filters.ts';
import { type Drawing, drawModel, drawTuples } from './drawing.ts';
import { Graph } from './graph.tsx';
import type { RelationModel } from './openfga.ts';
import { readAround } from './read-around.ts';
import classes from './relationships.module.css';
import { relationWords } from './words.ts';

/** The types of the model, or the tuples around one object; the object is in the address. */
export function GraphPanel({ store, model }: { store: string; model: RelationModel }) {
  const words = useWords(relationWords);
  const filters = useFilters();
  const around = filters.get('around');
  const tuples = useQuery({
    queryKey: ['openfga', store, 'around', around, model.id],
    enabled: around !== '',
    queryFn: () => readAround(store, model, around),
  });
  const isNarrow = useMediaQuery('(max-width: 48em)', false, { getInitialValueInEffect: false });
  const direction = isNarrow ? 'TB' : 'LR';
  const drawing = useMemo<Drawing>(
    () => (around === '' ? drawModel(model, direction) : drawTuples(around, tuples.data?.tuples ?? [], direction)),
    [model, around, tuples.data, direction],
  );
  const go = (object: string) => filters.set({ around: object.split('#', 1)[0] });
  return (
    <Card title={around === '' ? words.types : around} lead={words.graphLead}>
      <ObjectForm object={around} onShow={(object) => filters.set({ around: object })} />
      {tuples.error !== null && <ProblemNote problem={tuples.error} />}
      {around !== '' && tuples.isPending && <Loader size="sm" my="md" />}
      {tuples.data?.tuples.length === 0 && (
        <Text size="sm" my="md">
          {words.nothingAround(around)}
        </Text>
      )}
      {drawing.nodes.length > 0 && (
        <Graph
          drawing={drawing}
          label={around === '' ? words.graphLabel : words.objectLabel(around)}
          {...(around === '' ? {} : { onChoose: go })}
        />
      )}
      {tuples.data?.isCut === true && (
        <Alert color="yellow" variant="light" mt="sm">
          {words.cut}
        </Alert>
      )}
      <details className={classes.list}>
        <summary>{words.asList}</summary>
        <ul>
          {drawing.edges.map(({ from, to, label }) => (
            <li key={`${from} ${label} ${to}`}>
              <code>{from}</code> {label} <code>{to}</code>
            </li>
          ))}
        </ul>
      </details>
    </Card>
  );
}

function ObjectForm({ object, onShow }: { object: string; onShow: (object: string) => void }) {
  const words = useWords(relationWords);
  const [text, setText] = useState(object);
  useEffect(() => setText(object), [object]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    onShow(text.trim());
  };
  return (
    <form onSubmit={submit}>
      <Group align="flex-end" gap="xs" mb="md">
        <TextInput
          label={words.around}
          placeholder={words.aroundHint}
          value={text}
          spellCheck={false}
          onChange={({ currentTarget }) => setText(currentTarget.value)}
        />
        <Button type="submit" variant="default">
          {words.show}
        </Button>
        {object !== '' && (
          <Button variant="subtle" onClick={() => onShow('')}>
            {words.types}
          </Button>
        )}
      </Group>
    </form>
  );
}
