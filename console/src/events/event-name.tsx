import { useWords } from '../language/own-words.ts';
import classes from './event-name.module.css';
import { describeEvent, en } from './event-words.ts';
import { de } from './german-event-words.ts';

export const eventWords = { en, de };

/** What happened, in words, and the code that it is found by. */
export function EventName({ type }: { type: string }) {
  const said = describeEvent(useWords(eventWords), type);
  if (said === undefined) return <code>{type}</code>;
  return (
    <span className={classes.name}>
      <span>{said}</span> <code className={classes.code}>{type}</code>
    </span>
  );
}
