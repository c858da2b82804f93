import { isDeepStrictEqual } from 'node:util';
import { type AuthorizationDetail, isForApi } from './authorization-details.ts';
import type { Api } from './client-directory.ts';

/** Of one person at one client and API; the oldest is forgotten, and asked about again. */
const REMEMBERED_MAX = 50;

/** One payment that was agreed to is not the next one: only what every API that it is for declares so is remembered. */
export function isLasting(apis: readonly Api[], detail: AuthorizationDetail): boolean {
  const meant = apis.filter((api) => isForApi(api, detail));
  return meant.length > 0 && meant.every(({ detailTypes }) => detailTypes.get(detail.type)?.isRemembered === true);
}

/** Authorization details (RFC 9396) that a person agreed to before. Compared whole: "less" only its API could judge. */
export class RememberedDetails {
  readonly #details: readonly AuthorizationDetail[];

  constructor(stored: string | null | undefined) {
    this.#details = JSON.parse(stored ?? '[]');
  }

  /** As they are without these, which the person has taken back. */
  without(details: readonly AuthorizationDetail[]): RememberedDetails {
    const left = this.#details.filter((known) => !details.some((detail) => isDeepStrictEqual(known, detail)));
    return new RememberedDetails(JSON.stringify(left));
  }

  has(detail: AuthorizationDetail): boolean {
    return this.#details.some((known) => isDeepStrictEqual(known, detail));
  }

  /** As they are stored, with these besides. */
  with(details: readonly AuthorizationDetail[]): string | null {
    const all = [...this.#details, ...details.filter((detail) => !this.has(detail))].slice(-REMEMBERED_MAX);
    return all.length === 0 ? null : JSON.stringify(all);
  }
}
