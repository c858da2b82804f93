import type { ReactNode } from 'react';

/** A description as schemas have it: what stands between backticks is code. */
export function described(text: string | undefined): ReactNode {
  if (text === undefined) return undefined;
  const parts = text.split('`');
  return parts.map((part, index) => (index % 2 === 0 ? part : <code key={`${String(index)} ${part}`}>{part}</code>));
}
