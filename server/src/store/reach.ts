import type { Logger } from '#base';
import { openEmbedded } from './embedded/embedded.ts';
import type { Target } from './pool.ts';

export type Database =
  | {
      kind: 'embedded';
      dataFolder: string;
      /** Use the server of a program that is already running on this folder, instead of refusing. */
      attach?: boolean;
    }
  | {
      kind: 'url';
      url: string;
      /** Who owns the schema and migrates it, when `url` names a login with fewer rights. */
      ownerUrl?: string;
    };

/** Finds out how to connect, starting the embedded server if that is what is asked for. */
export async function reach(database: Database, log: Logger): Promise<{ target: Target; close: () => Promise<void> }> {
  if (database.kind === 'embedded') return openEmbedded({ log }, database);
  const { url, ownerUrl = url } = database;
  const target = { program: { connectionString: url }, owner: { connectionString: ownerUrl } };
  return { target, close: async () => undefined };
}
