import { Alert, Button, Loader, Tabs, Text } from '@mantine/core';
import { IconInfoCircle } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useState } from 'react';
import { api } from '../../api/admin.ts';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import classes from './explorer.module.css';
import { type Question, toQuestion } from './question.ts';
import { useNames } from './use-names.ts';
import { explorerWords } from './words.ts';

/** A page of AuthZEN's searches (§8). */
interface Found {
  page: { next_token: string };
  context: { complete: boolean; reason?: string };
  results: { type?: string; id?: string; name?: string }[];
}

const KINDS = ['subject', 'action', 'resource'] as const;
type Kind = (typeof KINDS)[number];
const PAGE_SIZE = 60;

/** Who else may, what else they may, and on what else. */
export function Searches({ question }: { question: Question }) {
  const words = useWords(explorerWords);
  const me = useMe();
  const [kind, setKind] = useState<Kind>('subject');
  if (!me.mayInTenant('decisions:search')) return null;
  const titles = { subject: words.whoCan, action: words.whatCan, resource: words.onWhat };
  return (
    <Card>
      <Tabs value={kind} onChange={(next) => setKind((next ?? 'subject') as Kind)} keepMounted={false}>
        <Tabs.List>
          {KINDS.map((each) => (
            <Tabs.Tab key={each} value={each}>
              {titles[each]}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {KINDS.map((each) => (
          <Tabs.Panel key={each} value={each} pt="md">
            <Results kind={each} question={question} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Card>
  );
}

function Results({ kind, question }: { kind: Kind; question: Question }) {
  const words = useWords(explorerWords);
  const { id, action, resourceType, resource, type } = question;
  const asked = toQuestion(question);
  const found = useInfiniteQuery({
    queryKey: ['search', kind, asked],
    queryFn: async ({ pageParam, signal }) => {
      const page = { limit: PAGE_SIZE, ...(pageParam === '' ? {} : { token: pageParam }) };
      const response = await api.raw('post', `/access/v1/search/${kind}`, { body: { ...asked, page }, signal });
      return (await response.json()) as Found;
    },
    initialPageParam: '',
    getNextPageParam: ({ page }) => (page.next_token === '' ? undefined : page.next_token),
  });
  const results = found.data?.pages.flatMap((page) => page.results) ?? [];
  const names = useNames(kind === 'subject' ? results.map((result) => result.id ?? '') : []);
  const known = useNames(type === 'user' ? [id] : []);
  const who = known.get(id) ?? id;
  const what = `${resourceType} ${resource}`;
  const lead = {
    subject: words.whoCanLead(action, what),
    action: words.whatCanLead(who, what),
    resource: words.onWhatLead(who, action, resourceType),
  }[kind];
  const last = found.data?.pages.at(-1);
  if (found.error !== null) return <ProblemNote problem={found.error} onRetry={() => void found.refetch()} />;
  if (last === undefined) return <Loader size="sm" />;
  const isComplete = last.context.complete && !found.hasNextPage;
  return (
    <>
      <Text size="sm" c="dimmed" component="div">
        {lead} <Badge tone={isComplete ? 'good' : 'warn'}>{isComplete ? words.complete : words.incomplete}</Badge>
      </Text>
      {last.context.reason !== undefined && (
        <Alert color="gray" variant="light" icon={<IconInfoCircle aria-hidden />} mt="sm" py="xs">
          {last.context.reason}
        </Alert>
      )}
      {results.length === 0 && (
        <Text size="sm" mt="md">
          {kind === 'subject' ? words.nobody : words.nothing}
        </Text>
      )}
      <ul className={classes.found}>
        {results.map((result) => {
          const text = result.name ?? result.id ?? '';
          return (
            <li key={text}>
              <Link
                to="/explorer"
                search={{ ...question, ...changed(kind, text) } as never}
                resetScroll={false}
                className={classes.one ?? ''}
              >
                <Text size="sm" fw={550} component="span">
                  {names.get(text) ?? text}
                </Text>
                {names.has(text) && (
                  <Text size="xs" c="dimmed" component="span" className="mono">
                    {text}
                  </Text>
                )}
              </Link>
            </li>
          );
        })}
      </ul>
      {found.hasNextPage && (
        <Button mt="md" variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {words.showMore}
        </Button>
      )}
    </>
  );
}

function changed(kind: Kind, text: string): Partial<Question> {
  return kind === 'subject' ? { id: text } : kind === 'action' ? { action: text } : { resource: text };
}
