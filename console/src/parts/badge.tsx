import type { ReactNode } from 'react';
import classes from './badge.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'quiet' | 'accent';

/** A state in a word. Its colour says nothing that the word does not (WCAG 1.4.1). */
export function Badge({ tone = 'quiet', children }: { tone?: Tone; children: ReactNode }) {
  return (
    <span className={classes.badge} data-tone={tone}>
      <span className={classes.text}>{children}</span>
    </span>
  );
}
