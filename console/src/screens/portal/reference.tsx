import { Accordion, Group, Loader, Text, Title } from '@mantine/core';
import { useRead } from '../../api/pages.ts';
import { CallPanel } from '../../calls/call-panel.tsx';
import { useWords } from '../../language/own-words.ts';
import { Card } from '../../parts/card.tsx';
import { ProblemNote } from '../../parts/problem-note.tsx';
import { Words } from '../../parts/words.tsx';
import classes from './portal.module.css';
import { portalWords } from './words.ts';

type Described = ReturnType<typeof useDescribed>['data'] extends { items: (infer Item)[] } | undefined ? Item : never;

const useDescribed = () => useRead('/api/v1/described-apis');

/** The listed APIs as they describe themselves (OpenAPI), each call to be tried with one's own key. */
export function Reference() {
  const words = useWords(portalWords);
  const { data, error, refetch } = useDescribed();
  return (
    <Card title={words.reference} lead={words.referenceLead}>
      {error !== null && <ProblemNote problem={error} onRetry={() => void refetch()} />}
      {error === null && data === undefined && <Loader size="sm" />}
      {data?.items.length === 0 && (
        <Text size="sm" c="dimmed">
          {words.noReference}
        </Text>
      )}
      {data?.items.map((api) => (
        <DescribedApi key={api.name} api={api} />
      ))}
    </Card>
  );
}

function DescribedApi({ api: { title, version, operations } }: { api: Described }) {
  return (
    <section className={classes.api}>
      <Group gap="xs" mb="xs">
        <Title order={3}>{title}</Title>
        <Text size="sm" c="dimmed">
          {version}
        </Text>
      </Group>
      <Accordion variant="separated" chevronPosition="right" order={4}>
        {operations.map(({ method, path, summary, scopes }, index) => (
          <Accordion.Item key={`${method} ${path}`} value={`call-${index}`}>
            <Accordion.Control>
              <Group gap="sm" wrap="wrap">
                <code>
                  <b>{method}</b> {path}
                </code>
                <Text size="sm" c="dimmed">
                  {summary}
                </Text>
              </Group>
            </Accordion.Control>
            <Accordion.Panel>
              {scopes.length > 0 && <Words words={scopes} />}
              <CallPanel method={method} path={path} asksForKey />
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </section>
  );
}
