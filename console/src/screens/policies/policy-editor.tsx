import { autocompletion } from '@codemirror/autocomplete';
import { Group, Text } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useMemo, useRef } from 'react';
import { useList, useRead } from '../../api/pages.ts';
import { useMe } from '../../api/whoami.ts';
import { cedarCompletion, type Vocabulary } from '../../code/cedar-completion.ts';
import { cedar } from '../../code/cedar-language.ts';
import { CodeEditor } from '../../code/code-editor.tsx';
import { useWords } from '../../language/own-words.ts';
import classes from './policies.module.css';
import type { Workbench } from './use-workbench.ts';
import { policyWords } from './words.ts';

/** The text, completed from the schema and checked by the server while it is written. */
export function PolicyEditor({ bench, readOnly }: { bench: Workbench; readOnly: boolean }) {
  const words = useWords(policyWords);
  const me = useMe();
  const { data: names } = useRead('/api/v1/policy-vocabulary', { staleTime: 60_000 });
  const roles = useList('/api/v1/roles', { enabled: me.may('roles:read') });
  const known = useRef<Vocabulary>({ entityTypes: [], actions: [] });
  known.current = {
    entityTypes: names?.entityTypes ?? [],
    actions: names?.actions ?? [],
    roles: roles.data?.pages.flatMap(({ items }) => items.map(({ name }) => name)) ?? [],
  };
  const extensions = useMemo(() => [cedar(), autocompletion({ override: [cedarCompletion(() => known.current)] })], []);
  const findings = bench.tried?.findings;
  const diagnostics = useMemo(
    () => (findings ?? []).map(({ severity, message, from = 0, to = from }) => ({ severity, message, from, to })),
    [findings],
  );
  return (
    <>
      <CodeEditor
        label={words.editor}
        value={bench.cedar}
        onChange={(text) => bench.write({ cedar: text })}
        extensions={extensions}
        diagnostics={diagnostics}
        readOnly={readOnly}
        minHeight="22rem"
      />
      <Findings bench={bench} schema={names?.schema ?? true} />
    </>
  );
}

function Findings({ bench, schema }: { bench: Workbench; schema: boolean }) {
  const words = useWords(policyWords);
  const findings = bench.tried?.findings ?? [];
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const Picture = errors > 0 ? IconCircleX : findings.length > 0 ? IconAlertTriangle : IconCircleCheck;
  const tone = errors > 0 ? 'bad' : findings.length > 0 ? 'warn' : 'good';
  return (
    <div className={classes.findings}>
      <Group gap={6} role="status" data-tone={tone} className={classes.summary ?? ''}>
        <Picture size={16} aria-hidden />
        <Text size="sm" component="span">
          {bench.tried === undefined
            ? words.checking
            : findings.length === 0
              ? words.noFindings
              : words.findings(errors, findings.length - errors)}
        </Text>
      </Group>
      {findings.length > 0 && (
        <ul className={classes.list}>
          {findings.map(({ message, severity, from = 0 }) => (
            <li key={`${from} ${message}`} data-tone={severity === 'error' ? 'bad' : 'warn'}>
              <span className="mono">{lineOf(bench.cedar, from)}</span> {message}
            </li>
          ))}
        </ul>
      )}
      {!schema && (
        <Text size="xs" c="dimmed" mt={4}>
          {words.noSchema}
        </Text>
      )}
    </div>
  );
}

function lineOf(text: string, from: number): string {
  const lines = text.slice(0, from).split('\n');
  return `${lines.length}:${(lines.at(-1)?.length ?? 0) + 1}`;
}
