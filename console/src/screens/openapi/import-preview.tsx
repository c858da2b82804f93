import { Accordion, Alert, Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { api } from '../../api/admin.ts';
import { DiffView } from '../../editor/diff-view.tsx';
import { PlanWarnings } from '../../editor/plan-warnings.tsx';
import { useWords } from '../../language/own-words.ts';
import { Badge, type Tone } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { Facts } from '../../parts/facts.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { tellProblem } from '../../parts/tell.tsx';
import { useAction } from '../../parts/use-action.ts';
import { Words } from '../../parts/words.tsx';
import type { ImportPlan, Planned } from './use-import.ts';
import { openApiWords } from './words.ts';

type Action = Planned['changes'][number]['action'];

const TONES: Record<Action, Tone> = { create: 'good', update: 'warn', delete: 'bad', unchanged: 'quiet' };

/** That a policy is needed is told above, of all routes at once. */
const TOLD_ALREADY = ['nobody_permitted'];

interface ImportPreviewProps {
  plan: ImportPlan;
  onBack: () => void;
  /** How much was changed. */
  onDone: (changed: number) => void;
}

/** Every route with what it asks for, and what would change. What was seen is what is applied. */
export function ImportPreview({ plan, onBack, onDone }: ImportPreviewProps) {
  const words = useWords(openApiWords);
  const [message, setMessage] = useState('');
  const { described, planned, documents, etag } = plan;
  const { summary, changes } = planned;
  const changed = changes.filter(({ action }) => action !== 'unchanged');
  const put = useAction({
    run: () => api.raw('post', '/api/v1/apply', { body: { documents }, ifMatch: etag, changeMessage: message.trim() }),
    onDone: () => onDone(changed.length),
    onRefused: (error) => {
      onBack();
      tellProblem(error.status === 412 ? new Error(words.changedMeanwhile) : error);
    },
  });
  const badgeOf = (kind: string, name: string) => {
    const action = changes.find((each) => each.kind === kind && each.name === name)?.action ?? 'unchanged';
    return <Badge tone={TONES[action]}>{words.changes[action]}</Badge>;
  };
  const others = documents.filter(({ kind }) => kind !== 'route');
  return (
    <Stack gap="lg">
      {described.warnings.map(({ code, routes }) => (
        <Alert key={code} color="yellow" variant="light" radius="md" title={words.warnings[code][0]}>
          <Text size="sm" mb={6}>
            {words.warnings[code][1]}
          </Text>
          <Words words={routes} shown={30} />
        </Alert>
      ))}
      <PlanWarnings planned={planned} toldAlready={TOLD_ALREADY} />
      <Card
        title={words.wouldTitle(described.title, described.version)}
        lead={words.counts(summary.create ?? 0, summary.update ?? 0, summary.unchanged ?? 0)}
      >
        <Routes documents={documents} badgeOf={badgeOf} />
        <Facts
          facts={[
            [words.scopes, <Words key="scopes" words={Object.keys(described.scopes)} />],
            [
              words.others,
              others.map(({ kind, name }) => (
                <Group key={kind} gap="xs" component="span">
                  {kind} <code>{name}</code> {badgeOf(kind, name)}
                </Group>
              )),
            ],
          ]}
        />
      </Card>
      {changed.length > 0 && (
        <Accordion variant="contained" radius="md">
          <Accordion.Item value="differences">
            <Accordion.Control>{words.differences}</Accordion.Control>
            <Accordion.Panel>
              {changed.map(({ kind, name, diff }) => (
                <div key={`${kind} ${name}`}>
                  <Text size="sm" mt="sm" mb={6}>
                    {kind} <b>{name}</b>
                  </Text>
                  <DiffView diff={diff} />
                </div>
              ))}
            </Accordion.Panel>
          </Accordion.Item>
        </Accordion>
      )}
      {changed.length === 0 ? (
        <Text size="sm">{words.nothing}</Text>
      ) : (
        <TextInput
          label={words.message}
          description={words.messageHint}
          maw={520}
          maxLength={500}
          value={message}
          onChange={({ currentTarget }) => setMessage(currentTarget.value)}
        />
      )}
      <Group>
        <Button variant="default" onClick={onBack}>
          {words.back}
        </Button>
        {changed.length > 0 && (
          <Button onClick={() => put.mutate()} loading={put.isPending}>
            {words.apply}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

interface RouteShape {
  match: { path: string; methods: string[] };
  authenticate: string[];
  authorize?: { scopes: string[]; policies?: string };
}

function Routes({
  documents,
  badgeOf,
}: Pick<ImportPlan, 'documents'> & { badgeOf: (kind: string, name: string) => ReactNode }) {
  const words = useWords(openApiWords);
  const asks = ({ authorize }: RouteShape) => {
    if (authorize === undefined) return words.everyone;
    return authorize.policies === 'required' ? words.byPolicy : <Words words={authorize.scopes} />;
  };
  const rows = documents
    .filter(({ kind }) => kind === 'route')
    .map(({ name, spec }) => {
      const route = spec as unknown as RouteShape;
      const operation = (
        <code key="operation">
          <b>{route.match.methods.join(' ')}</b> {route.match.path}
        </code>
      );
      return {
        key: name,
        cells: [operation, name, asks(route), <Words key="in" words={route.authenticate} />, badgeOf('route', name)],
      };
    });
  const titles = [words.operation, words.route, words.asks, words.accepts, words.change];
  return <PlainTable label={words.routes} titles={titles} rows={rows} />;
}
