import type { AnswerOf, BodyOf } from '@gatehouse/sdk/admin';
import { useState } from 'react';
import { AdminError, api } from '../../api/admin.ts';
import { tellProblem } from '../../parts/tell.tsx';

export type ImportInput = BodyOf<'post', '/api/v1/openapi/resources'>;
export type Described = AnswerOf<'post', '/api/v1/openapi/resources'>;
export type Planned = AnswerOf<'post', '/api/v1/apply'>;
type KnownApi = AnswerOf<'get', '/api/v1/apis'>['items'][number];

export interface ImportPlan {
  input: ImportInput;
  described: Described;
  documents: Described['resources'];
  planned: Planned;
  /** What holds the apply to what was shown. */
  etag: string | undefined;
}

interface Refused {
  message: string;
  fields: readonly { path: string; message: string }[];
}

/** What the document would be here, and what would change: both asked of the server, which changes nothing. */
export function useImport() {
  const [plan, setPlan] = useState<ImportPlan>();
  const [described, setDescribed] = useState<Described>();
  const [refused, setRefused] = useState<Refused>();
  const [isLooking, setLooking] = useState(false);

  const look = async (input: ImportInput, known: KnownApi | undefined) => {
    setLooking(true);
    setDescribed(undefined);
    setRefused(undefined);
    try {
      const answer = (await api.post('/api/v1/openapi/resources', { body: input })).data;
      setDescribed(answer);
      if (answer.problems.length > 0) return;
      const documents = [...withScopes(known, answer.scopes), ...answer.resources];
      const query = { dryRun: 'true' };
      const response = await api.raw('post', '/api/v1/apply', { query, body: { documents } });
      const etag = response.headers.get('etag') ?? undefined;
      setPlan({ input, described: answer, documents, planned: await response.json(), etag });
    } catch (error) {
      if (error instanceof AdminError) setRefused({ message: error.message, fields: error.fields.map(inSource) });
      else tellProblem(error);
    } finally {
      setLooking(false);
    }
  };
  const back = () => {
    setPlan(undefined);
    setDescribed(undefined);
  };
  return { plan, problems: described?.problems ?? [], refused, isLooking, look, back };
}

/** An API that is there already learns the scopes that it does not know. What it says of the others stays. */
function withScopes(known: KnownApi | undefined, scopes: Readonly<Record<string, string>>): Described['resources'] {
  if (known === undefined) return [];
  const all = { ...scopes, ...known.spec.scopes };
  if (Object.keys(all).length === Object.keys(known.spec.scopes ?? {}).length) return [];
  return [{ kind: 'api', name: known.name, spec: { ...known.spec, scopes: all } }];
}

/** Of a text, the line is what helps. */
function inSource(field: { path: string; message: string }) {
  const { line, column } = field as { line?: number; column?: number };
  return line === undefined ? field : { path: `${line}:${column ?? 1}`, message: field.message };
}
