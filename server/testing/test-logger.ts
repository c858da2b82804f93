import { createLogger, type Logger } from '#base';

/** Says nothing, unless `GATEHOUSE_TEST_LOG` names a level. */
export function testLogger(): Logger {
  const levels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
  return createLogger({ level: levels.find((level) => level === process.env.GATEHOUSE_TEST_LOG) ?? 'silent' });
}
