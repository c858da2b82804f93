import { Alert, Button, Code, Group, PasswordInput, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { IconSend } from '@tabler/icons-react';
import { type FormEvent, useState } from 'react';
import { useWords } from '../language/own-words.ts';
import { Badge } from '../parts/badge.tsx';
import { CopyText } from '../parts/secret.tsx';
import { gatewayUrl } from '../session/page-facts.ts';
import { type CallAnswer, filledPath, holesOf, sendCall } from './send-call.ts';
import { callWords } from './words.ts';

interface CallPanelProps {
  method: string;
  /** As the route or the description has it, with names in braces. */
  path: string;
  host?: string | undefined;
  /** It takes a key or a token. */
  asksForKey: boolean;
}

const WITH_BODY = new Set(['POST', 'PUT', 'PATCH']);

/** A call to the gateway from this page, with the key of whoever tries it; and the same as a command. */
export function CallPanel({ method, path, host, asksForKey }: CallPanelProps) {
  const say = useWords(callWords);
  const [values, setValues] = useState<Record<string, string>>({});
  const [credential, setCredential] = useState('');
  const [body, setBody] = useState('');
  const [answer, setAnswer] = useState<CallAnswer | 'unreachable'>();
  const [isBusy, setBusy] = useState(false);
  const url = `${gatewayUrl}${filledPath(path, values)}`;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setAnswer((await sendCall({ url, method, credential: credential.trim(), body })) ?? 'unreachable');
    setBusy(false);
  };
  const curl = [
    'curl -i',
    method === 'GET' ? '' : `-X ${method}`,
    asksForKey ? '-H "Authorization: Bearer $KEY"' : '',
    host === undefined ? '' : `-H 'Host: ${host}'`,
    body === '' ? '' : `-H 'Content-Type: application/json' -d '${body.replaceAll("'", String.raw`'\''`)}'`,
    `'${url}'`,
  ];
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack gap="sm">
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {holesOf(path).map((name) => (
            <TextInput
              key={name}
              label={name}
              required
              withAsterisk={false}
              value={values[name] ?? ''}
              onChange={({ currentTarget }) => setValues({ ...values, [name]: currentTarget.value })}
            />
          ))}
          {asksForKey && (
            <PasswordInput
              label={say.key}
              description={say.keyHint}
              value={credential}
              onChange={({ currentTarget }) => setCredential(currentTarget.value)}
              autoComplete="off"
            />
          )}
        </SimpleGrid>
        {WITH_BODY.has(method) && (
          <Textarea
            label={say.body}
            autosize
            minRows={3}
            className="mono"
            spellCheck={false}
            value={body}
            onChange={({ currentTarget }) => setBody(currentTarget.value)}
          />
        )}
        <Group justify="space-between">
          <Text size="sm" className="mono">
            {method} {url}
          </Text>
          {host === undefined && gatewayUrl !== '' && (
            <Button type="submit" size="sm" leftSection={<IconSend size={16} aria-hidden />} loading={isBusy}>
              {say.send}
            </Button>
          )}
        </Group>
        {answer === 'unreachable' && (
          <Alert color="yellow" variant="light" role="status">
            {say.unreachable}
            <Text size="xs" mt={6}>
              {say.origin}: <code>{location.origin}</code>
            </Text>
          </Alert>
        )}
        {answer !== undefined && answer !== 'unreachable' && <Answer answer={answer} />}
        <CopyText text={curl.filter((part) => part !== '').join(' ')} label="curl" />
      </Stack>
    </form>
  );
}

function Answer({ answer: { status, milliseconds, headers, text, cut } }: { answer: CallAnswer }) {
  const say = useWords(callWords);
  return (
    <section aria-label={say.answer}>
      <Group gap="xs" mb={6} role="status">
        <Badge tone={status < 400 ? 'good' : 'bad'}>{status}</Badge>
        <Text size="sm" c="dimmed">
          {say.took(milliseconds)}
        </Text>
      </Group>
      <Code block>{text === '' ? '∅' : text}</Code>
      {cut && <Text size="xs">{say.cut}</Text>}
      <Text size="xs" c="dimmed" mt={8}>
        {say.headers}: <code>{headers.map(([name, value]) => `${name}: ${value}`).join(' · ') || '—'}</code>
      </Text>
    </section>
  );
}
