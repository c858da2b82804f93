import { grantWords } from '../../editor/grant-words.ts';
import { useWords } from '../../language/own-words.ts';
import { Words } from '../../parts/words.tsx';

/** By which grants a client gets tokens. */
export function GrantNames({ grants }: { grants: readonly string[] }) {
  return <Words words={grants} called={useWords(grantWords)} shown={3} />;
}
