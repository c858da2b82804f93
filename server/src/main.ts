/** The composition root: builds each room once, lower ones first, and starts the listeners. */
import { DEFAULT_TENANT_ID } from '#base';
import { configurationErrors } from '#configuration';
import { createFirstAdministratorLink } from '#signin';
import { openControlPlane, openProbes } from './control-plane.ts';
import { openDataPlane } from './data-plane.ts';
import { type Foundation, openFoundation, type Process } from './foundation.ts';
import { startHousekeeping } from './housekeeping.ts';
import { ensureLocalCredential } from './local-credential.ts';
import { openRooms } from './rooms.ts';

export interface RunningGatehouse {
  issuer: string;
  /** Where this machine reaches the control plane; absent in a process that only enforces. */
  controlUrl: string | undefined;
  gatewayUrl: string | undefined;
  /** While there is no administrator: the link that makes whoever opens it the first. */
  administratorLink: string | undefined;
  /** Stops taking requests, finishes those under way, writes what is waiting, closes the database. Safe to call twice. */
  close(): Promise<void>;
}

/**
 * Starts the parts that the configured role asks for; when it returns, the listeners answer.
 * @throws what the rooms throw: everything that was opened is closed again.
 */
export async function startGatehouse(process: Process): Promise<RunningGatehouse> {
  const { configuration } = process;
  const { role, dataFolder, issuer } = configuration;
  const foundation = await openFoundation(process);
  const closers: (() => unknown)[] = [() => foundation.close()];
  const closeAll = async () => {
    for (const close of closers.splice(0).reverse()) await close();
  };
  try {
    await foundation.signingKeys.ensure(DEFAULT_TENANT_ID);
    const rooms = await openRooms(foundation);
    closers.push(() => rooms.close());
    const data = role === 'control' ? undefined : await openDataPlane(foundation, rooms);
    if (data !== undefined) closers.push(() => data.close());
    const control = role === 'gateway' ? undefined : await openControlPlane(foundation, rooms, data);
    if (control !== undefined) {
      closers.push(() => control.close());
      await ensureLocalCredential(
        { ...foundation, ...rooms },
        { tenantId: DEFAULT_TENANT_ID, dataFolder, url: control.localUrl, certificate: control.localCertificate },
      );
      startHousekeeping(foundation, rooms.oauth, rooms.decisionLogOf);
    } else if (data !== undefined) {
      const probes = await openProbes(foundation, rooms, data);
      closers.push(() => probes.close());
    }
    return {
      issuer,
      controlUrl: control?.localUrl,
      gatewayUrl: data?.url,
      administratorLink: control === undefined ? undefined : await administratorLink(foundation, issuer),
      close: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw listenerFailure(error) ?? error;
  }
}

const LISTENER_FAILURES: Readonly<Record<string, string>> = {
  EADDRINUSE: 'something else listens there already. Stop it, or set `listeners` in gatehouse.yaml.',
  EACCES: 'this user may not. Choose a port above 1023 under `listeners` in gatehouse.yaml.',
  EADDRNOTAVAIL: 'this machine has no such address. Correct `listeners` in gatehouse.yaml.',
};

/** What a listener's failure means, for the person who started the program. */
function listenerFailure(cause: unknown): Error | undefined {
  if (!(cause instanceof Error)) return undefined;
  const { code = '', address, port } = cause as NodeJS.ErrnoException & { address?: string; port?: number };
  const why = LISTENER_FAILURES[code];
  if (why === undefined || port === undefined) return undefined;
  return configurationErrors.listener_unavailable({ message: `Can't listen on ${address}:${port}: ${why}`, cause });
}

async function administratorLink(foundation: Foundation, issuer: string): Promise<string | undefined> {
  return (await createFirstAdministratorLink(foundation, { tenantId: DEFAULT_TENANT_ID, issuer }))?.url;
}
