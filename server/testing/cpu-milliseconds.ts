/**
 * What `work` costs this process, its threads included, in milliseconds of a processor: the same on a machine that is busy
 * with something else, where a clock on the wall would tell of that.
 */
export async function cpuMilliseconds(work: () => unknown): Promise<number> {
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
