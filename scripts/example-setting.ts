import type { AdminClient } from '@gatehouse/sdk/admin';

/** The Gatehouse that an example runs against, with the example's gatehouse.yaml applied. */
export interface ExampleSetting {
  issuer: string;
  gatewayUrl: string;
  /** As the local administrator. */
  admin: AdminClient;
  /** The first of ten ports that the example may listen on; 7910 in gatehouse.yaml. */
  port: number;
  /** Somebody who can sign in, with a password made up for this run. */
  addPerson(person: { email: string; name: string; roles?: string[] }): Promise<Person>;
  /** A database of its own in the PostgreSQL that Gatehouse runs, made by this SQL, and how to connect to it as `role`. */
  createDatabase(name: string, sql: string, role: string): Promise<DatabaseAddress>;
}

/** That PostgreSQL lets in nobody but Gatehouse's own users, so the role is put on; elsewhere it would log in itself. */
export interface DatabaseAddress {
  host: string;
  port: number;
  database: string;
  user: string;
  options?: string;
}

export interface Person {
  id: string;
  email: string;
  password: string;
}

/** What every example's `example.ts` exports as `start`. */
export type StartExample = (setting: ExampleSetting) => Promise<RunningExample>;

export interface RunningExample {
  /** Printed: where it is, and what to try. */
  welcome: string;
  close(): Promise<void>;
}
