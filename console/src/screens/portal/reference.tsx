import { Text } from '@mantine/core';
import { useWords } from '../../language/own-words.ts';
import { Card } from '../../parts/card.tsx';
import { portalWords } from './words.ts';

/** An API as it describes itself (OpenAPI), with what of it the person may call. */
export interface DescribedApi {
  name: string;
  title: string;
  operations: readonly { method: string; path: string; summary?: string; scopes: readonly string[] }[];
}

/** Filled from the OpenAPI documents that routes were imported from. */
const DESCRIBED: readonly DescribedApi[] = [];

export function Reference() {
  const words = useWords(portalWords);
  return (
    <Card title={words.reference} lead={words.referenceLead}>
      {DESCRIBED.length === 0 && (
        <Text size="sm" c="dimmed">
          {words.noReference}
        </Text>
      )}
      {DESCRIBED.map(({ name, title, operations }) => (
        <section key={name}>
          <Text fw={600}>{title}</Text>
          <ul>
            {operations.map(({ method, path, summary }) => (
              <li key={`${method} ${path}`}>
                <code>
                  {method} {path}
                </code>{' '}
                {summary}
              </li>
            ))}
          </ul>
        </section>
      ))}
    </Card>
  );
}
