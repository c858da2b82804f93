/** Makes the database of an installation that nobody has started yet: every table, and nothing in them. Argument: its data folder. */
import { systemClock, systemRandom } from '#base';
import { openStore } from '#store';
import { MIGRATIONS } from '../../src/foundation.ts';
import { testLogger } from '../test-logger.ts';

const [, , dataFolder = ''] = process.argv;
const database = { kind: 'embedded', dataFolder } as const;
const common = { clock: systemClock, random: systemRandom, log: testLogger() };
const store = await openStore({ ...common, database, migrations: MIGRATIONS });
await store.close();
