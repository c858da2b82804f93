import { Group, Text } from '@mantine/core';
import { compact } from '../language/format.ts';
import classes from './bars.module.css';

export interface Series {
  name: string;
  tone: 'good' | 'warn' | 'bad' | 'quiet';
}

export interface Bucket {
  label: string;
  /** One for each series, in their order; stacked. */
  values: readonly number[];
}

interface BarsProps {
  label: string;
  series: readonly Series[];
  buckets: readonly Bucket[];
  height?: number;
}

const GAP = 0.22;

/** Stacked bars over time. Drawn without measuring anything, and read out as a table to who can't see them. */
export function Bars({ label, series, buckets, height = 160 }: BarsProps) {
  const sums = buckets.map(({ values }) => values.reduce((sum, value) => sum + value, 0));
  const top = Math.max(1, ...sums);
  return (
    <figure className={classes.figure} aria-label={label}>
      <div className={classes.plot} style={{ height }}>
        <Text className={classes.top} size="xs" c="dimmed" aria-hidden>
          {compact(top)}
        </Text>
        <svg viewBox={`0 0 ${Math.max(1, buckets.length)} 100`} preserveAspectRatio="none" aria-hidden>
          {buckets.map((bucket, index) => (
            <Bar key={bucket.label} bucket={bucket} index={index} top={top} series={series} />
          ))}
        </svg>
      </div>
      <Group justify="space-between" mt={4} aria-hidden>
        {[buckets.at(0), buckets.at(Math.floor(buckets.length / 2)), buckets.at(-1)].map((bucket, index) => (
          <Text key={`${index === 0 ? 'from' : index === 1 ? 'middle' : 'to'}`} size="xs" c="dimmed">
            {bucket?.label}
          </Text>
        ))}
      </Group>
      <Group gap="md" mt={8} aria-hidden>
        {series.map(({ name, tone }) => (
          <span key={name} className={classes.legend} data-tone={tone}>
            {name}
          </span>
        ))}
      </Group>
      <table className="visually-hidden">
        <thead>
          <tr>
            <th>{label}</th>
            {series.map(({ name }) => (
              <th key={name}>{name}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {buckets.map(({ label: at, values }) => (
            <tr key={at}>
              <th>{at}</th>
              {series.map(({ name }, index) => (
                <td key={name}>{values[index]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </figure>
  );
}

function Bar(props: { bucket: Bucket; index: number; top: number; series: readonly Series[] }) {
  const { bucket, index, top, series } = props;
  let y = 100;
  const told = series.map(({ name }, at) => `${name}: ${bucket.values[at] ?? 0}`).join('\n');
  return (
    <g>
      <title>{`${bucket.label}\n${told}`}</title>
      <rect x={index} y={0} width={1} height={100} className={classes.hit} />
      {series.map(({ name, tone }, at) => {
        const height = ((bucket.values[at] ?? 0) / top) * 96;
        y -= height;
        return (
          <rect
            key={name}
            x={index + GAP / 2}
            y={y}
            width={1 - GAP}
            height={height}
            className={classes.bar}
            data-tone={tone}
          />
        );
      })}
    </g>
  );
}
