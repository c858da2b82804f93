import { readFileSync } from 'node:fs';

/**
 * What an environment lacks for a program to get its large tables in huge pages. Relationship checks look at memory all over
 * such tables, and half of their time goes into finding out where each page of 4 KiB is; with pages of 2 MiB it does not.
 * glibc asks for them when it is told so before the program starts, which concerns what is allocated by `malloc`, not the
 * heap of JavaScript. Other C libraries pay no attention.
 *
 * Nothing, where it would change nothing (another system, a kernel that gives huge pages to all or to nobody), or where the
 * operator has settings of their own.
 */
export function hugePages(env) {
  if (process.platform !== 'linux' || env.GLIBC_TUNABLES !== undefined || !givenOnRequest()) return {};
  return { GLIBC_TUNABLES: 'glibc.malloc.hugetlb=1' };
}

function givenOnRequest() {
  try {
    return readFileSync('/sys/kernel/mm/transparent_hugepage/enabled', 'utf8').includes('[madvise]');
  } catch {
    return false;
  }
}
