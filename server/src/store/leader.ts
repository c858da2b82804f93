import { createHash } from 'node:crypto';
import type pg from 'pg';
import { type Logger, oneAtATime } from '#base';
import { pause } from './pause.ts';

export interface LeaderHandle {
  /** Does this process hold the lock now, as far as it knows? */
  readonly held: boolean;
  /** Aborts the work, waits for it to end, and gives the lock to others. */
  stop(): Promise<void>;
}

export type LeaderWork = (signal: AbortSignal) => Promise<void>;

export interface LeadersDeps {
  connect: () => Promise<pg.Client>;
  log: Logger;
  pollMilliseconds?: number;
}

/** A leader that dies is replaced within this time. */
const POLL_MILLISECONDS = 1_000;
/** First half of the advisory lock's key: keeps us apart from other users of advisory locks in the same database. */
const LOCK_CLASS = 0x6c65_6164; // "lead"

interface Candidate {
  name: string;
  lock: number;
  work: LeaderWork;
  abort: AbortController | undefined;
  running: Promise<void> | undefined;
  stopped: boolean;
}

/**
 * Work that one process at a time should do. The lock is a session advisory lock on a connection of its own: it ends with
 * the process, whatever ends it. A process cut off from the database is aborted when it notices, which can be a moment
 * after another took over; so the work must be harmless when two do it for a moment.
 */
export class Leaders {
  readonly #deps: LeadersDeps;
  readonly #candidates = new Set<Candidate>();
  readonly #stop = new AbortController();
  /** Ends the present pause: a new candidate has its turn at once. */
  #nudge = new AbortController();
  #loop: Promise<void> | undefined;
  #client: pg.Client | undefined;
  /** A lock is given back whenever its work ends, also while another is asked for; the connection takes one thing at a time. */
  readonly #turn = oneAtATime();

  constructor(deps: LeadersDeps) {
    this.#deps = deps;
  }

  add(name: string, work: LeaderWork): LeaderHandle {
    const lock = createHash('sha256').update(name).digest().readInt32BE();
    const candidate: Candidate = { name, lock, work, abort: undefined, running: undefined, stopped: false };
    this.#candidates.add(candidate);
    this.#loop ??= this.#run();
    this.#nudge.abort();
    return {
      get held() {
        return candidate.abort?.signal.aborted === false;
      },
      stop: async () => {
        candidate.stopped = true;
        this.#candidates.delete(candidate);
        await this.#endWork(candidate);
      },
    };
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await Promise.all([...this.#candidates].map((candidate) => this.#endWork(candidate)));
    await this.#loop;
    await this.#client?.end().catch(() => undefined);
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        this.#client ??= await this.#connect();
        const client = this.#client;
        for (const candidate of this.#candidates) await this.#compete(client, candidate);
        // Also tells a leader with nothing to compete for that its connection, and so its lock, is gone.
        await this.#turn(() => client.query('select 1'));
      } catch (error) {
        this.#deps.log.warn({ err: error }, 'the leader lock lost its connection');
        this.#drop();
      }
      const interrupted = AbortSignal.any([this.#stop.signal, this.#nudge.signal]);
      await pause(this.#deps.pollMilliseconds ?? POLL_MILLISECONDS, interrupted);
      if (this.#nudge.signal.aborted) this.#nudge = new AbortController();
    }
  }

  async #connect(): Promise<pg.Client> {
    const client = await this.#deps.connect();
    client.on('error', () => this.#drop(client));
    client.on('end', () => this.#drop(client));
    return client;
  }

  /** The connection is gone, and with it every lock. */
  #drop(client = this.#client): void {
    if (client === undefined || client !== this.#client) return;
    this.#client = undefined;
    for (const { abort } of this.#candidates) abort?.abort();
    void client.end().catch(() => undefined);
  }

  async #compete(client: pg.Client, candidate: Candidate): Promise<void> {
    if (candidate.running !== undefined || candidate.stopped) return;
    const { rows } = await this.#turn(() =>
      client.query<{ won: boolean }>('select pg_try_advisory_lock($1, $2) as won', [LOCK_CLASS, candidate.lock]),
    );
    if (rows[0]?.won !== true) return;
    if (candidate.stopped || this.#stop.signal.aborted || this.#client !== client) {
      await this.#unlock(client, candidate);
      return;
    }
    candidate.abort = new AbortController();
    candidate.running = this.#lead(client, candidate, candidate.abort.signal);
  }

  async #lead(client: pg.Client, candidate: Candidate, signal: AbortSignal): Promise<void> {
    try {
      await candidate.work(signal);
    } catch (error) {
      if (!signal.aborted) this.#deps.log.error({ err: error, leader: candidate.name }, 'leader work failed');
    }
    candidate.abort?.abort();
    await this.#unlock(client, candidate);
    candidate.running = undefined;
  }

  async #unlock(client: pg.Client, candidate: Candidate): Promise<void> {
    if (this.#client !== client) return;
    const unlock = () => client.query('select pg_advisory_unlock($1, $2)', [LOCK_CLASS, candidate.lock]);
    await this.#turn(unlock).catch(() => undefined);
  }

  async #endWork(candidate: Candidate): Promise<void> {
    candidate.abort?.abort();
    await candidate.running;
  }
}
