import { Button, Stack, Text } from '@mantine/core';
import { IconCompass } from '@tabler/icons-react';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { api } from '../../api/admin.ts';
import type { Change } from '../../decisions/answers.ts';
import { useWords } from '../../language/own-words.ts';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { useFilters } from '../../parts/use-filters.ts';
import { AnswerCard } from './answer-card.tsx';
import classes from './explorer.module.css';
import { isWhole, type Question, readChanges, readQuestion, toQuestion } from './question.ts';
import { QuestionForm } from './question-form.tsx';
import { Searches } from './searches.tsx';
import { useVocabulary } from './vocabulary.ts';
import { explorerWords } from './words.ts';

export function ExplorerScreen() {
  const words = useWords(explorerWords);
  const filters = useFilters();
  const question = readQuestion(filters);
  const changes = readChanges(filters);
  const decisionId = filters.get('decision');
  const of = decisionId === '' ? { question: toQuestion(question) } : { decisionId };
  const answer = useQuery({
    queryKey: ['what-if', of, changes],
    enabled: decisionId !== '' || isWhole(question),
    queryFn: async ({ signal }) => {
      const { data } = await api.post('/api/v1/decisions/what-if', { body: { ...of, changes }, signal });
      return data;
    },
    // The picture stays while the next answer is under way.
    placeholderData: keepPreviousData,
  });
  const ask = (next: Question) => filters.set({ ...next, decision: undefined, changes: undefined });
  const suppose = (supposed: readonly Change[]) =>
    filters.set({ changes: supposed.length === 0 ? undefined : JSON.stringify(supposed) });
  return (
    <>
      <PageHead title={words.title} lead={words.lead} />
      <div className={classes.screen}>
        {decisionId === '' ? (
          <QuestionForm question={question} onAsk={ask} />
        ) : (
          <Card title={words.asAsked}>
            <Text className="mono" size="sm" mb="md">
              {decisionId}
            </Text>
            <Button variant="default" onClick={filters.clear}>
              {words.other}
            </Button>
          </Card>
        )}
        <div className={classes.answer} aria-live="polite">
          {answer.error !== null && <ProblemNote problem={answer.error} onRetry={() => void answer.refetch()} />}
          {answer.data !== undefined && <AnswerCard answer={answer.data} changes={changes} onSuppose={suppose} />}
          {answer.data === undefined && answer.error === null && !answer.isFetching && <Start onAsk={ask} />}
          {decisionId === '' && isWhole(question) && answer.data !== undefined && <Searches question={question} />}
        </div>
      </div>
    </>
  );
}

const EXAMPLES_MAX = 4;

/** What stands there before anything was asked: questions made of the names that the policies know. */
function Start({ onAsk }: { onAsk: (question: Question) => void }) {
  const words = useWords(explorerWords);
  const { actions } = useVocabulary();
  const examples = actions.filter(({ resources }) => resources.length > 0).slice(0, EXAMPLES_MAX);
  return (
    <Card>
      <Blank title={words.startTitle} icon={IconCompass}>
        <Stack gap="md" align="center">
          {words.startText}
          {examples.length > 0 && (
            <Stack gap={6} align="center">
              <Text size="xs">{words.examples}</Text>
              {examples.map(({ name, resources }) => (
                <Button
                  key={name}
                  variant="light"
                  size="compact-sm"
                  onClick={() =>
                    onAsk({
                      type: 'user',
                      id: 'somebody',
                      action: name,
                      resourceType: resources[0] ?? '',
                      resource: 'something',
                      properties: '',
                      attributes: '',
                      context: '',
                    })
                  }
                >
                  {name} · {resources[0]}
                </Button>
              ))}
            </Stack>
          )}
        </Stack>
      </Blank>
    </Card>
  );
}
