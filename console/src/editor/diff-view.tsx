import classes from './diff-view.module.css';

/** A unified diff as people read it. */
export function DiffView({ diff }: { diff: string }) {
  const lines = diff.split('\n').filter((line) => !/^(---|\+\+\+|Index|=====)/.test(line));
  return (
    <pre className={classes.diff}>
      {lines.map((line, index) => (
        // Lines repeat, and nothing here moves: their place is their name.
        <span key={`${String(index)} ${line}`} data-kind={line[0] === '+' ? 'in' : line[0] === '-' ? 'out' : undefined}>
          {line}
          {'\n'}
        </span>
      ))}
    </pre>
  );
}
