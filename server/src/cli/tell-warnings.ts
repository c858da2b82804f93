import { cliErrors } from './errors.ts';
import { paint, plain, type Terminal } from './output.ts';
import type { Bundle } from './read-bundle.ts';

export interface Warning {
  code: string;
  kind: string;
  name: string;
  path: string;
  message: string;
  file?: string;
  line?: number;
  column?: number;
}

export interface Warned {
  warnings: Warning[];
  warningsLeftOut: number;
  /** Permissions without which some things were not looked at. */
  warningsNeed: string[];
}

/** With every place in terms of the files the person has, not of the bundle that was sent. A server of before tells of none. */
export function warnedInFiles(told: Partial<Warned>, bundle: Bundle): Warned {
  const { warnings = [], warningsLeftOut = 0, warningsNeed = [] } = told;
  const placed = warnings.map((warning) =>
    warning.line === undefined ? warning : { ...warning, ...bundle.locate(warning.line) },
  );
  return { warnings: placed, warningsLeftOut, warningsNeed };
}

/** Beside the result, never in it. `whole`: also what could not be looked at, which is no news with each apply. */
export function tellWarnings(
  terminal: Terminal,
  { warnings, warningsLeftOut, warningsNeed }: Warned,
  { whole }: { whole: boolean },
): void {
  const mark = paint(terminal, 'yellow', 'warning:');
  for (const { code, kind, name, path, message, file, line, column } of warnings) {
    const place = line === undefined ? `${kind} ${name}` : `${file}:${line}:${column ?? 1}`;
    terminal.note(`${mark} ${plain(`${place}: ${path}: ${message}`)} (${plain(code)})`);
  }
  if (warningsLeftOut > 0) terminal.note(`${mark} ${warningsLeftOut} more are not shown.`);
  if (whole && warningsNeed.length > 0)
    terminal.note(`Not everything was looked at for warnings: the credential lacks ${plain(warningsNeed.join(', '))}.`);
}

/** What could not be looked at is not known to be right. @throws `plan_warned` */
export function refuseWarned({ warnings, warningsNeed }: Warned): void {
  if (warnings.length + warningsNeed.length === 0) return;
  if (warnings.length > 0) throw cliErrors.plan_warned();
  throw cliErrors.plan_warned({
    message: `Not everything could be looked at for warnings, and --strict takes no chance: the credential lacks ${plain(warningsNeed.join(', '))}. Use one that has it, or leave out --strict.`,
  });
}
