import i18next from 'i18next';

/** What each browser's `fetch` says when nothing answers. Whatever else is a TypeError is a mistake of ours, and told as it is. */
const UNREACHABLE = /failed to fetch|networkerror|load failed|network connection/i;

/** What went wrong, for people. */
export function saidOf(problem: unknown): string {
  if (problem instanceof TypeError && UNREACHABLE.test(problem.message)) return i18next.t('common.unreachable');
  return problem instanceof Error ? problem.message : String(problem);
}
