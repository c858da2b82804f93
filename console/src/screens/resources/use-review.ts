import type { AnswerOf } from '@gatehouse/sdk/admin';
import { useState } from 'react';
import { AdminError, api } from '../../api/admin.ts';
import { inSpec } from '../../editor/in-spec.ts';
import { tellProblem } from '../../parts/tell.tsx';

export interface Document {
  kind: string;
  name: string;
  spec: unknown;
}

/** What an apply would do, and the tag that holds it to that. */
export interface Plan {
  answer: AnswerOf<'post', '/api/v1/apply'>;
  etag: string | undefined;
}

/** Asks what a change would do, and changes nothing. What is refused is known by its place in the spec. */
export function useReview() {
  const [plan, setPlan] = useState<Plan>();
  /** The last answer, for who goes back to mend what it warns of. */
  const [looked, setLooked] = useState<Plan['answer']>();
  const [isLooking, setLooking] = useState(false);
  const [errors, setErrors] = useState<Readonly<Record<string, string>>>({});
  const [message, setMessage] = useState<string>();

  const look = async (document: Document) => {
    setLooking(true);
    setErrors({});
    setMessage(undefined);
    setLooked(undefined);
    try {
      const response = await api.raw('post', '/api/v1/apply', {
        query: { dryRun: 'true' },
        body: { documents: [document] },
      });
      const answer = await response.json();
      setPlan({ answer, etag: response.headers.get('etag') ?? undefined });
      setLooked(answer);
    } catch (error) {
      if (!(error instanceof AdminError)) return tellProblem(error);
      const refused = error.fields.map(({ path, message: why }) => [inSpec(path), why] as const);
      setErrors(Object.fromEntries(refused));
      setMessage(sentences(error.message, refused));
    } finally {
      setLooking(false);
    }
  };
  return { plan, looked, isLooking, errors, message, look, close: () => setPlan(undefined) };
}

/** What is said at its fields, too: there may be none of this name in the form. */
function sentences(message: string, refused: readonly (readonly [path: string, why: string])[]): string {
  if (refused.length === 0) return message;
  return refused.map(([path, why]) => (path === '' ? why : `${path}: ${why}`)).join('\n');
}
