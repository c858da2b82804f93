import { Badge } from '@mantine/core';
import { IconCircleCheck, IconCircleX } from '@tabler/icons-react';
import { useWords } from '../language/own-words.ts';
import { decisionWords } from './words.ts';

/** Yes or no, by colour, picture and word. `refused` is a no before anything was decided. */
export function Verdict({ allowed, refused = false }: { allowed: boolean; refused?: boolean }) {
  const words = useWords(decisionWords);
  const Picture = allowed ? IconCircleCheck : IconCircleX;
  return (
    <Badge
      variant="light"
      color={allowed ? 'green' : 'red'}
      tt="none"
      size="md"
      leftSection={<Picture size={14} stroke={2} aria-hidden />}
    >
      {allowed ? words.allowed : refused ? words.refused : words.denied}
    </Badge>
  );
}
