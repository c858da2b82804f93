import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Problem, RefusedByServer } from './admin-client.ts';
import type { CommandContext } from './command-context.ts';
import { cliErrors } from './errors.ts';

const SEPARATOR = '\n---\n';

/** Several files as one bundle: the server applies them together or not at all. */
export interface Bundle {
  text: string;
  /** The server counts lines from the top of the bundle; this says in which file, and where in it. */
  locate(line: number): { file: string; line: number };
}

/** Reads files, `-` being standard input. @throws `file_unreadable` */
export async function readBundle(context: CommandContext, paths: readonly string[]): Promise<Bundle> {
  const texts = await Promise.all(
    paths.map(async (path) => (path === '-' ? await context.readInput() : readText(context, path))),
  );
  const firstLines: number[] = [];
  let next = 1;
  for (const text of texts) {
    firstLines.push(next);
    next += (text + SEPARATOR).split('\n').length - 1;
  }
  return {
    text: texts.join(SEPARATOR),
    locate(line) {
      const index = Math.max(
        firstLines.findLastIndex((first) => first <= line),
        0,
      );
      return { file: paths[index] ?? '-', line: line - (firstLines[index] ?? 1) + 1 };
    },
  };
}

/** A refusal with every place in terms of the files the person has, not of the bundle that was sent. */
export function inFiles(error: unknown, bundle: Bundle): unknown {
  if (!(error instanceof RefusedByServer) || error.problem.fields === undefined) return error;
  const fields = error.problem.fields.map((field) => {
    const { line, column } = field as { line?: number; column?: number };
    if (line === undefined) return field;
    const at = bundle.locate(line);
    return {
      path: `${at.file}:${at.line}:${column ?? 1}`,
      message: field.path === '' ? field.message : `${field.path}: ${field.message}`,
    };
  });
  const detail = `${fields.length === 1 ? 'One thing' : `${fields.length} things`} to correct; nothing was changed.`;
  const problem: Problem = { ...error.problem, detail, fields };
  return new RefusedByServer(error.status, problem);
}

function readText(context: CommandContext, path: string): string {
  try {
    return readFileSync(resolve(context.workingFolder, path), 'utf8');
  } catch (cause) {
    throw cliErrors.file_unreadable({
      message: `${path} could not be read. Check the path and its permissions.`,
      cause,
    });
  }
}
