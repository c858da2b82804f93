import type { AnswerOf } from '@gatehouse/sdk/admin';
import { Anchor, Button, Loader, Text } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useTranslation } from 'react-i18next';
import { api } from '../../api/admin.ts';
import { useWords } from '../../language/own-words.ts';
import { Badge } from '../../parts/badge.tsx';
import { Blank } from '../../parts/blank.tsx';
import { Card } from '../../parts/card.tsx';
import { PageHead } from '../../parts/page-head.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Time } from '../../parts/time.tsx';
import { useNames } from '../explorer/use-names.ts';
import classes from './policies.module.css';
import { policyWords } from './words.ts';

type Version = AnswerOf<'get', '/api/v1/policy-versions'>['items'][number];

const PAGE_SIZE = 30;

/** All policies, as they stood after each change. */
export function VersionsScreen() {
  const words = useWords(policyWords);
  const { t } = useTranslation();
  const versions = useInfiniteQuery({
    queryKey: ['/api/v1/policy-versions'],
    queryFn: async ({ pageParam, signal }) => {
      const query = { limit: PAGE_SIZE, ...(pageParam === 0 ? {} : { before: pageParam }) };
      return (await api.get('/api/v1/policy-versions', { query, signal })).data.items;
    },
    initialPageParam: 0,
    getNextPageParam: (page) => (page.length < PAGE_SIZE ? undefined : page.at(-1)?.number),
  });
  const items = versions.data?.pages.flat() ?? [];
  const names = useNames(items.map(({ author }) => author.id));
  return (
    <>
      <PageHead title={words.versions} lead={words.versionsLead} within={[[words.title, '/policies']]} />
      <Card flush>
        {versions.error !== null && <ProblemNote problem={versions.error} />}
        {versions.isPending && <Loader size="sm" m="lg" />}
        {versions.data !== undefined && items.length === 0 && <Blank title={words.noVersions} icon={IconHistory} />}
        <ol className={classes.versions}>
          {items.map((version, index) => (
            <Row
              key={version.number}
              version={version}
              isCurrent={index === 0}
              author={names.get(version.author.id) ?? version.author.id}
            />
          ))}
        </ol>
      </Card>
      {versions.hasNextPage && (
        <Button mt="md" variant="default" onClick={() => void versions.fetchNextPage()}>
          {t('common.more')}
        </Button>
      )}
    </>
  );
}

function Row({ version, isCurrent, author }: { version: Version; isCurrent: boolean; author: string }) {
  const words = useWords(policyWords);
  const { number, at, message, policies } = version;
  return (
    <li className={classes.version}>
      <div className={classes.words}>
        <Anchor component={Link} to={`/policy-versions/${number}`} fw={600} size="sm">
          {words.version(number)}
        </Anchor>{' '}
        {isCurrent && <Badge tone="good">{words.current}</Badge>}
        {message !== '' && <Text size="sm">{message}</Text>}
      </div>
      <Text size="xs" c="dimmed" component="span">
        {words.countPolicies(policies.length)} · {words.by(author)} · <Time at={at} />
      </Text>
    </li>
  );
}
