import { Button, FileButton, Group, Loader, Stack, Text } from '@mantine/core';
import { IconUpload } from '@tabler/icons-react';
import { type DragEvent, lazy, Suspense, useState } from 'react';
import { useWords } from '../../language/own-words.ts';
import { Card } from '../../parts/card.tsx';
import classes from './openapi.module.css';
import { openApiWords } from './words.ts';

const CodeEditor = lazy(() =>
  import('../../editor/code-editor.tsx').then(({ CodeEditor }) => ({ default: CodeEditor })),
);

/** More is nothing that somebody wrote; the server keeps 256 KiB of it as JSON, and comments and spaces besides. */
const FILE_BYTES_MAX = 2 * 1024 * 1024;

/** A text that is pasted, dropped or read from a file. */
export function DocumentField({ value, onChange }: { value: string; onChange: (text: string) => void }) {
  const words = useWords(openApiWords);
  const [isOver, setOver] = useState(false);
  const [isTooLong, setTooLong] = useState(false);
  const take = async (file: File | null | undefined) => {
    if (file === null || file === undefined) return;
    setTooLong(file.size > FILE_BYTES_MAX);
    if (file.size <= FILE_BYTES_MAX) onChange(await file.text());
  };
  const drop = (event: DragEvent) => {
    setOver(false);
    const [file] = event.dataTransfer.files;
    if (file === undefined) return;
    // Before the editor, which would put the file where it was dropped.
    event.preventDefault();
    event.stopPropagation();
    void take(file);
  };
  return (
    <Card
      title={words.document}
      lead={words.documentLead}
      actions={
        <FileButton onChange={(file) => void take(file)} accept=".yaml,.yml,.json,application/json,application/yaml">
          {(props) => (
            <Button {...props} variant="default" leftSection={<IconUpload size={16} stroke={1.75} />}>
              {words.choose}
            </Button>
          )}
        </FileButton>
      }
    >
      <Stack gap="xs">
        {/* The pointer alone drops files: everybody else has the button and the text. */}
        <fieldset
          aria-label={words.documentLead}
          className={classes.drop}
          data-over={isOver}
          onDragOverCapture={(event) => {
            if (!event.dataTransfer.types.includes('Files')) return;
            event.preventDefault();
            setOver(true);
          }}
          onDragLeave={() => setOver(false)}
          onDropCapture={drop}
        >
          <Suspense fallback={<Loader size="sm" />}>
            <CodeEditor label={words.document} language="yaml" value={value} onChange={onChange} />
          </Suspense>
          {isOver && (
            <Group className={classes.over ?? ''} justify="center">
              <Text fw={600}>{words.drop}</Text>
            </Group>
          )}
        </fieldset>
        {isTooLong && (
          <Text c="var(--bad)" size="sm" role="alert">
            {words.tooLong}
          </Text>
        )}
      </Stack>
    </Card>
  );
}
