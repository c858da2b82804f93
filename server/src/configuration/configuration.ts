/** The boot configuration: gatehouse.yaml and the environment. Everything after the start is a resource instead. */
export { isLoopback } from './check-security.ts';
export { configurationErrors } from './errors.ts';
export {
  type Configuration,
  configurationJsonSchema,
  type LoadOptions,
  loadConfiguration,
} from './load-configuration.ts';
export type { MailConfiguration } from './mail-configuration.ts';
