import { Button, Group, Loader, SegmentedControl, Stack, Text, TextInput } from '@mantine/core';
import { lazy, Suspense, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { described } from '../../editor/described.tsx';
import { FindField } from '../../editor/find-field.tsx';
import type { JsonSchema } from '../../editor/json-schema.ts';
import { OfferedNamesContext } from '../../editor/offered-names.ts';
import { PlanWarnings } from '../../editor/plan-warnings.tsx';
import { type Fields, SchemaFields } from '../../editor/schema-fields.tsx';
import { Card } from '../../parts/card.tsx';
import { ReviewChange } from './review-change.tsx';
import { useKind } from './use-kind.ts';
import { useOfferedNames } from './use-offered-names.ts';
import { useReview } from './use-review.ts';

const CodeEditor = lazy(() =>
  import('../../editor/code-editor.tsx').then(({ CodeEditor }) => ({ default: CodeEditor })),
);

interface ResourceEditorProps {
  plural: string;
  initial: Fields;
  /** Left out: it is yet to be, and gets its name here. */
  name?: string;
  readOnly?: boolean;
  onSaved?: (name: string) => void;
}

/** The spec of a resource: as a form drawn from its schema, or as JSON. Saved only once its difference was seen. */
export function ResourceEditor({ plural, initial, name, readOnly = false, onSaved }: ResourceEditorProps) {
  const { t } = useTranslation();
  const kind = useKind(plural);
  const [view, setView] = useState<'form' | 'json'>('form');
  const [spec, setSpec] = useState<Fields>(initial);
  const [newName, setNewName] = useState('');
  const [broken, setBroken] = useState<string>();
  const form = useRef<HTMLDivElement>(null);
  const review = useReview();
  const offered = useOfferedNames(plural);
  if (kind === undefined) return <Loader size="sm" />;
  const document = { kind: kind.kind, name: name ?? newName.trim(), spec };
  const takeJson = (text: string) => {
    try {
      setSpec(JSON.parse(text));
      setBroken(undefined);
    } catch {
      setBroken(text);
    }
  };
  return (
    <Card
      title={t('resources.settings')}
      lead={described(kind.description)}
      actions={
        <SegmentedControl
          size="xs"
          aria-label={t('resources.settings')}
          data={[
            { value: 'form', label: t('editor.form') },
            { value: 'json', label: t('editor.json') },
          ]}
          value={view}
          onChange={(next) => {
            setView(next as 'form' | 'json');
            setBroken(undefined);
          }}
        />
      }
    >
      <Stack maw={view === 'form' ? 720 : undefined}>
        {name === undefined && (
          <TextInput
            label={t('editor.resourceName')}
            description={t('editor.nameHint')}
            required
            maw={420}
            value={newName}
            error={review.errors.name}
            onChange={({ currentTarget }) => setNewName(currentTarget.value)}
          />
        )}
        {view === 'form' ? (
          <OfferedNamesContext value={offered}>
            <FindField schema={kind.schema as JsonSchema} form={form} />
            <div ref={form}>
              <SchemaFields
                schema={kind.schema as JsonSchema}
                value={spec}
                onChange={setSpec}
                errors={review.errors}
                readOnly={readOnly}
              />
            </div>
          </OfferedNamesContext>
        ) : (
          <Suspense fallback={<Loader size="sm" />}>
            <CodeEditor
              label={t('editor.json')}
              language="json"
              value={broken ?? JSON.stringify(spec, null, 2)}
              {...(readOnly ? {} : { onChange: takeJson })}
            />
          </Suspense>
        )}
        {review.message !== undefined && (
          <Text c="var(--bad)" size="sm" role="alert" style={{ whiteSpace: 'pre-line' }}>
            {review.message}
          </Text>
        )}
        {review.looked !== undefined && <PlanWarnings planned={review.looked} />}
        {readOnly ? (
          <Text size="sm" c="dimmed">
            {t('common.readOnly')}
          </Text>
        ) : (
          <Group>
            <Button
              onClick={() => void review.look(document)}
              loading={review.isLooking}
              disabled={broken !== undefined || document.name === ''}
            >
              {t('editor.review')}
            </Button>
            {broken !== undefined && (
              <Text size="sm" c="var(--bad)">
                {t('editor.noJson')}
              </Text>
            )}
          </Group>
        )}
      </Stack>
      {review.plan !== undefined && (
        <ReviewChange document={document} plan={review.plan} onClose={review.close} onSaved={onSaved} />
      )}
    </Card>
  );
}
