import { Loader, Tabs } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { lazy, Suspense } from 'react';
import { useMe } from '../../api/whoami.ts';
import { useWords } from '../../language/own-words.ts';
import { PageHead } from '../../parts/page-head.tsx';
import { UnreadPage } from '../../parts/unread-page.tsx';
import { useFilters } from '../../parts/use-filters.ts';
import { useModels, useStores } from './openfga.ts';
import { ProbePanel } from './probe-panel.tsx';
import classes from './relationships.module.css';
import { TuplesPanel } from './tuples-panel.tsx';
import { relationWords } from './words.ts';

// Each brings a library of its own.
const ModelPanel = lazy(() => import('./model-panel.tsx').then(({ ModelPanel }) => ({ default: ModelPanel })));
const ModelHistory = lazy(() => import('./model-history.tsx').then(({ ModelHistory }) => ({ default: ModelHistory })));
const GraphPanel = lazy(() => import('./graph-panel.tsx').then(({ GraphPanel }) => ({ default: GraphPanel })));

export function StoreScreen() {
  const words = useWords(relationWords);
  const me = useMe();
  const { store = '' } = useParams({ strict: false }) as { store?: string };
  const filters = useFilters();
  const mayCheck = me.mayInTenant('relations:check');
  const stores = useStores();
  const models = useModels(store);
  const tab = filters.get('tab') || 'graph';
  const name = stores.data?.stores.find(({ id }) => id === store)?.name ?? store;
  if (models.error !== null)
    return (
      <UnreadPage
        problem={models.error}
        within={[words.title, '/relationships']}
        onRetry={() => void models.refetch()}
      />
    );
  if (models.data === undefined) return <Loader size="sm" />;
  const all = models.data.authorization_models;
  const [model] = all;
  return (
    <>
      <PageHead title={name} within={[[words.title, '/relationships']]} />
      <Tabs value={tab} onChange={(next) => filters.set({ tab: next ?? undefined })} keepMounted={false}>
        <Tabs.List mb="md" className={classes.tabs ?? ''}>
          <Tabs.Tab value="graph">{words.graph}</Tabs.Tab>
          <Tabs.Tab value="model">{words.model}</Tabs.Tab>
          <Tabs.Tab value="history">{words.history}</Tabs.Tab>
          <Tabs.Tab value="tuples">{words.tuples}</Tabs.Tab>
          {mayCheck && <Tabs.Tab value="probe">{words.probe}</Tabs.Tab>}
        </Tabs.List>
        <Suspense fallback={<Loader size="sm" />}>
          <Tabs.Panel value="graph">
            {model === undefined ? (
              <ModelPanel store={store} models={all} />
            ) : (
              <GraphPanel store={store} model={model} />
            )}
          </Tabs.Panel>
          <Tabs.Panel value="model">
            <ModelPanel store={store} models={all} />
          </Tabs.Panel>
          <Tabs.Panel value="history">
            <ModelHistory store={store} />
          </Tabs.Panel>
          <Tabs.Panel value="tuples">
            <TuplesPanel store={store} model={model} />
          </Tabs.Panel>
          {mayCheck && (
            <Tabs.Panel value="probe">
              <ProbePanel store={store} model={model} />
            </Tabs.Panel>
          )}
        </Suspense>
      </Tabs>
    </>
  );
}
