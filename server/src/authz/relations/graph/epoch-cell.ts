/** How many changes are remembered one by one. */
const REMEMBERED = 64;

/** How often tuples of a type and relation changed: who derived something from them can tell that it is outdated. */
export interface EpochCell {
  epoch: number;
  /** Subjects of the last changes, in turn. */
  readonly subjects: Int32Array;
}

export function emptyCell(): EpochCell {
  return { epoch: 0, subjects: new Int32Array(REMEMBERED) };
}

export function noteChange(cell: EpochCell, subject: number): void {
  cell.subjects[cell.epoch % REMEMBERED] = subject;
  cell.epoch += 1;
}

/** Whom the changes since then were about; undefined when there were too many. */
export function subjectsSince({ epoch, subjects }: EpochCell, since: number): number[] | undefined {
  if (epoch - since > REMEMBERED) return undefined;
  return Array.from({ length: epoch - since }, (_, index) => subjects[(since + index) % REMEMBERED] ?? 0);
}
