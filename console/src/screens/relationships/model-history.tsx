import { Button, Group, Loader, Radio, Stack, Text } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useList } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { DiffView } from '../../code/diff-view.tsx';
import { fga } from '../../code/fga-language.ts';
import { dateTime } from '../../language/format.ts';
import { useWords } from '../../language/own-words.ts';
import { Badge } from '../../parts/badge.tsx';
import { Card } from '../../parts/card.tsx';
import { PlainTable } from '../../parts/plain-table.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Time } from '../../parts/time.tsx';
import { useFilters } from '../../parts/use-filters.ts';
import { useNames } from '../explorer/use-names.ts';
import { openfga, type RelationModel } from './openfga.ts';
import { printModel } from './print-model.ts';
import { timeOfUlid } from './time-of-ulid.ts';
import { relationWords } from './words.ts';

interface ModelPage {
  authorization_models: RelationModel[];
  continuation_token: string;
}

const PAGE_SIZE = 20;

/** Every model that was written, by whom and when, and what differs between two. The two are kept in the address. */
export function ModelHistory({ store }: { store: string }) {
  const words = useWords(relationWords);
  const { t } = useTranslation();
  const filters = useFilters();
  const history = useInfiniteQuery({
    queryKey: ['openfga', store, 'models', 'all'],
    queryFn: ({ pageParam }) =>
      openfga<ModelPage>(
        'get',
        `/stores/${store}/authorization-models?${new URLSearchParams({
          page_size: String(PAGE_SIZE),
          ...(pageParam === '' ? {} : { continuation_token: pageParam }),
        })}`,
      ),
    initialPageParam: '',
    getNextPageParam: ({ continuation_token: next }) => (next === '' ? undefined : next),
  });
  const models = history.data?.pages.flatMap((page) => page.authorization_models) ?? [];
  const authors = useAuthors(store);
  if (history.error !== null) return <ProblemNote problem={history.error} onRetry={() => void history.refetch()} />;
  if (history.isPending) return <Loader size="sm" />;
  const [newest, before] = models;
  const to = models.find(({ id }) => id === filters.get('to')) ?? newest;
  const from = models.find(({ id }) => id === filters.get('from')) ?? before;
  const choice = (side: 'from' | 'to', id: string, chosen: string | undefined) => (
    <Radio
      key={side}
      name={side}
      aria-label={words.choose[side](dateTime(timeOfUlid(id)))}
      checked={id === chosen}
      onChange={() => filters.set({ [side]: id })}
    />
  );
  const rows = models.map((model) => ({
    key: model.id,
    cells: [
      <Group key="at" gap="xs" wrap="nowrap">
        <Time at={timeOfUlid(model.id)} />
        {model === newest && <Badge tone="good">{words.modelInForce}</Badge>}
      </Group>,
      choice('from', model.id, from?.id),
      choice('to', model.id, to?.id),
      authors.get(model.id) ?? '—',
      model.type_definitions.length,
      <code key="id">{model.id}</code>,
    ],
  }));
  return (
    <>
      <Card title={words.history} lead={words.historyLead}>
        <Stack>
          <PlainTable
            label={words.history}
            titles={[words.writtenAt, words.compareFrom, words.compareTo, words.author, words.types, words.modelId]}
            rows={rows}
          />
          {history.hasNextPage && (
            <Group>
              <Button
                variant="default"
                loading={history.isFetchingNextPage}
                onClick={() => void history.fetchNextPage()}
              >
                {t('common.more')}
              </Button>
            </Group>
          )}
        </Stack>
      </Card>
      {from !== undefined && to !== undefined && <Difference from={from} to={to} />}
    </>
  );
}

function Difference({ from, to }: { from: RelationModel; to: RelationModel }) {
  const words = useWords(relationWords);
  const language = useMemo(fga, []);
  const [before, after] = [printModel(from), printModel(to)];
  return (
    <Card
      title={words.whatDiffers}
      lead={words.differsLead(dateTime(timeOfUlid(from.id)), dateTime(timeOfUlid(to.id)))}
    >
      {before === after ? (
        <Text size="sm" c="dimmed">
          {words.sameModel}
        </Text>
      ) : (
        <DiffView label={words.whatDiffers} before={before} after={after} language={language} />
      )}
    </Card>
  );
}

/** Who wrote which model: the audit log knows, to whom it is open. */
function useAuthors(store: string): ReadonlyMap<string, string> {
  const { mayInTenant } = useMe();
  const events = useList('/api/v1/audit/events', {
    filters: { type: 'relation_model.written', targetId: store },
    enabled: mayInTenant('audit:read'),
  });
  const written = events.data?.pages.flatMap(({ items }) => items) ?? [];
  const names = useNames([...new Set(written.map(({ actor }) => actor.id))]);
  return new Map(written.map(({ actor, detail }) => [String(detail?.model), names.get(actor.id) ?? actor.id]));
}
