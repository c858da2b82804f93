import { createElement, Fragment } from 'react';

/** A sentence of the server, in which names stand between backticks. */
export function Sentence({ text }: { text: string }) {
  return createElement(
    Fragment,
    null,
    ...text.split('`').map((part, index) => (index % 2 === 1 ? createElement('code', null, part) : part)),
  );
}
