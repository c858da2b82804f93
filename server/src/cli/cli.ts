/** The `gatehouse` command: the Admin API for people and scripts. */
export type {
  CommandContext,
  ConfigurationReport,
  InitReport,
  LocalCommands,
  LocalOptions,
  MasterKeyRotation,
  RestoreOptions,
  RestoreReport,
  StartOptions,
} from './command-context.ts';
export { LOCAL_CREDENTIAL_FILE } from './find-instance.ts';
export { processTerminal, type Terminal } from './output.ts';
export { buildProgram, runCli } from './run-cli.ts';
