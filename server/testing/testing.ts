/** What tests share. Never imported by the program: the tidy test holds that. */
export { type CertificateAuthority, certificateAuthority, type IssuedPair } from './certificate-authority.ts';
export { cpuMilliseconds } from './cpu-milliseconds.ts';
export { type FixedClock, fixedClock } from './fixed-clock.ts';
export { freePort } from './free-port.ts';
export { layNewDatabase } from './new-database.ts';
export {
  createEmptyDatabase,
  openSecondStore,
  openTestStore,
  type TestStore,
  type TestStoreOptions,
} from './open-test-store.ts';
export { type RedisUnderTest, redisProgram, startRedis } from './redis-server.ts';
export { seededRandom } from './seeded-random.ts';
export { signInByHttp, type Visitor, type WebPage } from './sign-in-by-http.ts';
export { superiority, superiorityDeviation } from './superiority.ts';
export { temporaryFolder } from './temporary-folder.ts';
export { testLogger } from './test-logger.ts';
