import { useWords } from '../language/own-words.ts';
import { Badge } from '../parts/badge.tsx';
import { decisionWords } from './words.ts';

/** Yes or no. `refused` is a no before anything was decided. */
export function Verdict({ allowed, refused = false }: { allowed: boolean; refused?: boolean }) {
  const words = useWords(decisionWords);
  return (
    <Badge tone={allowed ? 'good' : 'bad'}>{allowed ? words.allowed : refused ? words.refused : words.denied}</Badge>
  );
}
