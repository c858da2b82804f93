import { resourcesErrors } from './errors.ts';
import type { Kind } from './kind.ts';
import { describeFields, type LocatedField } from './read-documents.ts';

/** Everything there would be after a change, of the kinds that a check reads: in memory, and what is part of the program too. */
export interface World {
  all<Spec>(kind: Kind<Spec>): readonly WorldResource<Spec>[];
}

export interface WorldResource<Spec> {
  name: string;
  spec: Spec;
}

/** What a check found. Paths are relative to the spec. */
export interface Finding {
  /** Stable, for programs. */
  code: string;
  kind: Kind;
  name: string;
  path: string;
  /** The word at fault: tells two findings at one path apart. */
  about: string;
  /** Asked only for what is shown: looking for the word that was meant takes longer than looking for the fault. */
  message: () => string;
}

/**
 * Something that is well-formed and allowed, and yet almost surely a mistake. It stops nothing, so it must be right nearly
 * always: one that is often wrong teaches people to read none.
 */
export interface WarningCheck {
  /** All that it looks at. Who may not read one of these is told nothing by it. */
  reads: readonly Kind[];
  /** Looks at everything, in a time that grows with its size and no faster. */
  find(world: World): readonly Finding[];
}

/** A finding as people are told it, with its place where it stands in what they sent. */
export interface Warning extends LocatedField {
  code: string;
  kind: string;
  name: string;
  message: string;
}

export interface Warnings {
  warnings: Warning[];
  /** How many there are besides those told. */
  warningsLeftOut: number;
  /** Permissions without which some checks could not be made. */
  warningsNeed: string[];
}

/** The kind, with the checks that read it. For whoever puts rooms together: kinds don't know each other. */
export function warnedBy<Spec>(kind: Kind<Spec>, checks: readonly WarningCheck[]): Kind<Spec> {
  const warnings = checks.filter(({ reads }) => reads.some((read) => read.kind === kind.kind));
  return Object.freeze({ ...kind, warnings });
}

const SHOWN_MAX = 10;

/** For who wants no warning: what could not be looked at is not known to be right. @throws `warnings_refused` */
export function refuseWarnings({ warnings, warningsNeed }: Warnings): void {
  if (warnings.length > 0) {
    const fields = warnings.slice(0, SHOWN_MAX).map(({ code: _, kind: __, name: ___, ...field }) => field);
    throw resourcesErrors.warnings_refused({ message: describeFields(fields), fields, details: { warnings } });
  }
  if (warningsNeed.length === 0) return;
  throw resourcesErrors.warnings_refused({
    message: `Not everything can be looked at: the credential lacks ${warningsNeed.join(', ')}. Use one that has it, or leave out \`strict\`.`,
    details: { warningsNeed },
  });
}
