import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * The longest, from the longest on, whichever project they are of: begun late, one would run on alone while the other
 * workers wait. Where nothing was run before, as on a fresh clone, nobody else knows.
 */
const FIRST = [
  'server/test/guides.test.ts',
  'server/test/console-offers.test.ts',
  'server/src/authz/cedar/differential.test.ts',
  'server/test/cross-organization.test.ts',
  'server/test/console.test.ts',
  'server/test/backup.test.ts',
  'server/test/console-readers.test.ts',
  'server/test/console-people.test.ts',
  'server/test/console-policies.test.ts',
  'server/test/journey.test.ts',
  'server/test/revocation.test.ts',
  'server/test/operations.test.ts',
  'server/test/kill.test.ts',
];

const rank = ({ moduleId, project }: TestSpecification): number => {
  const place = FIRST.findIndex((path) => moduleId.endsWith(path));
  if (place !== -1) return place;
  return project.name === 'rooms' ? FIRST.length + 1 : FIRST.length;
};

/** Whole programs first, and the longest of all at the very beginning; rooms fill what is left. */
export class WholeProgramsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}
