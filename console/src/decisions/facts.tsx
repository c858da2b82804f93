import type { ReactNode } from 'react';
import classes from './facts.module.css';

/** Names and values, those without a value left out. */
export function Facts({ facts }: { facts: readonly (readonly [name: string, value: ReactNode])[] }) {
  const there = facts.filter(([, value]) => value !== undefined && value !== '' && value !== null);
  return (
    <dl className={classes.facts}>
      {there.map(([name, value]) => (
        <div key={name} className={classes.fact}>
          <dt className={classes.name}>{name}</dt>
          <dd className={classes.value}>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
