import { plainType } from './read-operations.ts';

/** Is it of a type that an encoding object names: `image/png`, `image/*` or `*` + `/*` (OpenAPI 3.1, §4.8.15)? */
export function isFittingType(wanted: string, sent: string): boolean {
  const type = plainType(sent);
  const [group = ''] = type.split('/', 1);
  return wanted === type || wanted === `${group}/*` || wanted === '*/*';
}
