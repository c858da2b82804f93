import { Button, Group, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState } from 'react';
import { api } from '../../api/admin.ts';
import { useMe } from '../../api/whoami.ts';
import { CodeEditor } from '../../code/code-editor.tsx';
import { DiffView } from '../../code/diff-view.tsx';
import { fga } from '../../code/fga-language.ts';
import { useWords } from '../../language/own-words.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { useAction } from '../../parts/use-action.ts';
import { openfga, type RelationModel } from './openfga.ts';
import { printModel } from './print-model.ts';
import classes from './relationships.module.css';
import { relationWords } from './words.ts';

const BEGINNING = `model
  schema 1.1

type user

type document
  relations
    define owner: [user]
    define editor: [user] or owner
    define viewer: [user] or editor
`;
const TYPING_PAUSE_MILLISECONDS = 400;

export function ModelPanel({ store, models }: { store: string; models: readonly RelationModel[] }) {
  const words = useWords(relationWords);
  const me = useMe();
  const [model] = models;
  const stored = useMemo(() => (model === undefined ? '' : printModel(model)), [model]);
  const [draft, setDraft] = useState<string>();
  const text = draft ?? (stored === '' ? BEGINNING : stored);
  const [settled] = useDebouncedValue(text, TYPING_PAUSE_MILLISECONDS);
  const mayWrite = me.mayInTenant('relations:manage');
  const check = useQuery({
    queryKey: ['model', settled],
    queryFn: async ({ signal }) =>
      (await api.post('/api/v1/relation-models/check', { body: { dsl: settled }, signal })).data,
    staleTime: Number.POSITIVE_INFINITY,
  });
  const problem = check.data?.problem;
  const language = useMemo(fga, []);
  const diagnostics = useMemo(
    () =>
      problem === undefined
        ? []
        : [{ severity: 'error' as const, message: problem.message, ...spanOf(settled, problem) }],
    [problem, settled],
  );
  const write = useAction({
    run: () => openfga('post', `/stores/${store}/authorization-models`, text, 'text/plain'),
    done: () => words.written,
    onDone: () => setDraft(undefined),
  });
  const isSound = problem === undefined && settled === text && check.data !== undefined;
  return (
    <>
      <Card
        title={words.model}
        lead={model === undefined ? words.noModel : words.modelLead}
        actions={
          <>
            {models.length > 0 && <Badge>{words.olderModels(models.length)}</Badge>}
            {mayWrite && (
              <Button disabled={!isSound || text === stored} loading={write.isPending} onClick={() => write.mutate()}>
                {words.write}
              </Button>
            )}
          </>
        }
      >
        <CodeEditor
          label={words.modelEditor}
          value={text}
          onChange={setDraft}
          extensions={language}
          diagnostics={diagnostics}
          readOnly={!mayWrite}
          minHeight="24rem"
        />
        <Group gap={6} mt="sm" role="status" className={classes.verdict ?? ''} data-good={problem === undefined}>
          {problem === undefined ? <IconCircleCheck size={16} aria-hidden /> : <IconCircleX size={16} aria-hidden />}
          <Text size="sm" component="span">
            {check.data === undefined ? words.checking : (problem?.message ?? words.sound)}
          </Text>
        </Group>
      </Card>
      {stored !== '' && text !== stored && (
        <Card title={words.whatChanges}>
          <DiffView label={words.whatChanges} before={stored} after={settled} language={language} />
        </Card>
      )}
    </>
  );
}

/** From the place to the end of its line; without a place, the first line. */
function spanOf(text: string, { line = 1, column = 1 }: { line?: number; column?: number }) {
  const lines = text.split('\n');
  const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
  const end = start + (lines[line - 1]?.length ?? 0);
  const from = Math.min(start + column - 1, text.length);
  return { from, to: Math.max(from, Math.min(end, text.length)) };
}
