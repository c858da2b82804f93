import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The longest of them, in minutes of a slow machine: begun late, one would run on alone while a worker waits. */
const FIRST = [
  'server/test/guides.test.ts',
  'server/test/operations.test.ts',
  'server/test/backup.test.ts',
  'server/test/kill.test.ts',
];

const rank = ({ moduleId, project }: TestSpecification): number => {
  const place = FIRST.findIndex((path) => moduleId.endsWith(path));
  if (place !== -1) return place;
  return project.name === 'programs' ? FIRST.length : FIRST.length + 1;
};

/** Whole programs first, and the longest of those at the very beginning; rooms fill what is left. */
export class WholeProgramsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
