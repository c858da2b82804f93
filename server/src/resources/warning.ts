import { resourcesErrors } from './errors.ts';
import type { Kind, WarningCheck } from './kind.ts';
import { describeFields, type LocatedField } from './read-documents.ts';

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
