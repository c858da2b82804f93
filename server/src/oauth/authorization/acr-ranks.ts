import type { SigninPort } from '../ports.ts';

type Ranks = Pick<SigninPort, 'acrValues'>;

/** Of what a client wishes for (`acr_values`), what there is here; undefined where that is nothing. */
export function knownAcr({ acrValues }: Ranks, wished: string | null | undefined): readonly string[] | undefined {
  const known = (wished ?? '').split(' ').filter((acr) => acrValues.includes(acr));
  return known.length === 0 ? undefined : known;
}

/** The port lists them by rank: a stronger one is enough where a weaker was asked for. */
export function reachesOne({ acrValues }: Ranks, acr: string | undefined, wanted: readonly string[]): boolean {
  return wanted.some((each) => acrValues.includes(each) && acrValues.indexOf(acr ?? '') >= acrValues.indexOf(each));
}
