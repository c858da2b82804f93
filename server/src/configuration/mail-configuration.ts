import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ConfigurationFile } from './configuration-schema.ts';
import type { Environment } from './environment.ts';
import { configurationErrors } from './errors.ts';

export interface MailConfiguration {
  host: string;
  port: number;
  tls: 'starttls' | 'implicit' | 'none';
  user?: string;
  /** A function, so that whoever prints the configuration prints no password. */
  readPassword?: () => string;
  from: { address: string; name: string };
}

/** `folder` is where the file stands that names the password's file. */
export function mailConfiguration(
  { host, port, tls, user, password, from, fromName }: NonNullable<ConfigurationFile['mail']>,
  folder: string,
  environment: Environment,
): MailConfiguration {
  const source = password ?? { from: 'environment' as const, variable: 'GATEHOUSE_SMTP_PASSWORD' };
  const readPassword = () =>
    source.from === 'environment'
      ? readVariable(source.variable, environment)
      : readSecret(resolve(folder, source.path));
  return {
    host,
    port,
    tls,
    ...(user === undefined ? {} : { user, readPassword }),
    from: { address: from, name: fromName },
  };
}

function readVariable(variable: string, environment: Environment): string {
  const text = environment[variable];
  if (text) return text;
  throw configurationErrors.mail_password_missing({
    message: `The variable ${variable} holds no password for the mail server. Set it, or take mail.user away.`,
  });
}

function readSecret(path: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (cause) {
    throw configurationErrors.mail_password_missing({
      message: `The password for the mail server could not be read from ${path}. Check the path and its permissions.`,
      cause,
    });
  }
}
