import { statSync } from 'node:fs';

/** How often files are looked at: a stat of each. Watching would miss the links that orchestrators exchange. */
const CHECK_MILLISECONDS = 2_000;

export interface FollowedFiles {
  /** Looks whether they have changed. */
  check(): void;
  close(): void;
}

/**
 * Looks at files, and calls once they have changed and then been the same for two looks, since what belongs together is
 * rarely written in one moment.
 * @param atEachLook called before, changed or not.
 */
export function followFiles(paths: readonly string[], changed: () => void, atEachLook: () => void): FollowedFiles {
  let seen = fingerprintOf(paths);
  let candidate = seen;
  function check(): void {
    atEachLook();
    const now = fingerprintOf(paths);
    const settled = now === candidate;
    candidate = now;
    if (now === seen || !settled) return;
    seen = now;
    changed();
  }
  const timer = setInterval(check, CHECK_MILLISECONDS);
  timer.unref();
  return { check, close: () => clearInterval(timer) };
}

/** What tells one state of the files from another, without reading them. */
function fingerprintOf(paths: readonly string[]): string {
  return paths
    .map((path) => {
      const found = statSync(path, { throwIfNoEntry: false, bigint: true });
      return found === undefined ? 'none' : `${found.ino}.${found.size}.${found.mtimeNs}`;
    })
    .join(' ');
}
