import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { getSystemErrorName } from 'node:util';

/** A write that the kernel did not take at once: libuv has it, and says when it is done. */
interface WriteRequest {
  oncomplete?: (status: number) => void;
  /** Keeps the bytes from being collected until then. */
  buffer?: Buffer;
}

interface StreamBinding {
  WriteWrap: new () => WriteRequest;
  /** What the last call on a handle has to say beside what it returned. */
  streamBaseState: { readonly [place: number]: number };
  kLastWriteWasAsync: number;
}

interface Handle {
  /** @returns 0, or the number of an error. */
  writeBuffer(request: WriteRequest, bytes: Buffer): number;
}

/**
 * Writes past the stream of a plain TCP socket, at its handle: what the stream keeps for each write, an object that tells of
 * its end and two callbacks, is a twenty-fifth of a proxied request, and nearly always the kernel has everything before the
 * call is over. See docs/adr/0065-writes-leave-together.md.
 *
 * `process.binding` and `_handle` are no documented interface: whatever is not as it is in Node 26 is written to by its stream.
 */
export class DirectWrites {
  readonly #binding = streamBinding();
  #request = this.#binding && new this.#binding.WriteWrap();
  /** Sockets that libuv still holds bytes for. Their streams know nothing of it. */
  readonly #behind = new Set<Socket>();

  /** How many sockets those are. */
  get behind(): number {
    return this.#behind.size;
  }

  /** Has it been given something here that the kernel did not take yet? */
  isBehind(socket: Socket): boolean {
    return this.#behind.size > 0 && this.#behind.has(socket);
  }

  /**
   * Nothing that was written before may be left, neither here nor in the stream.
   * @returns whether the kernel has all of it; where not, the bytes stay as they are until it has. `undefined`: nothing was
   *   done, the stream has to write it, or to find out why it can't be written.
   */
  write(socket: Socket, bytes: Buffer): boolean | undefined {
    const binding = this.#binding;
    const request = this.#request;
    if (binding === undefined || request === undefined || !isPlain(socket)) return undefined;
    const handle = socket._handle;
    if (!isHandle(handle) || handle.writeBuffer(request, bytes) !== 0) return undefined;
    if (binding.streamBaseState[binding.kLastWriteWasAsync] === 0) return true;
    this.#request = new binding.WriteWrap();
    this.#awaitRest(socket, request, bytes);
    return false;
  }

  #awaitRest(socket: Socket, request: WriteRequest, bytes: Buffer): void {
    this.#behind.add(socket);
    request.buffer = bytes;
    request.oncomplete = (status) => {
      this.#behind.delete(socket);
      // A socket that was destroyed meanwhile has said why.
      if (status < 0 && !socket.destroyed) socket.destroy(writeError(status));
    };
  }
}

/** Is it open for writing, and is there nothing that its stream does with each write but writing? A timeout begins anew. */
function isPlain(socket: Socket): socket is Socket & { readonly _handle?: unknown } {
  return (
    !socket.connecting &&
    socket.writable &&
    socket.writableCorked === 0 &&
    !socket.timeout &&
    !(socket instanceof TLSSocket)
  );
}

function isHandle(value: unknown): value is Handle {
  return (
    typeof value === 'object' && value !== null && 'writeBuffer' in value && typeof value.writeBuffer === 'function'
  );
}

function writeError(status: number): Error {
  const code = getSystemErrorName(status);
  return Object.assign(new Error(`write ${code}`), { code, errno: status, syscall: 'write' });
}

function streamBinding(): StreamBinding | undefined {
  if (!process.versions.node.startsWith('26.')) return undefined;
  try {
    const binding: unknown = Reflect.apply(Reflect.get(process, 'binding'), process, ['stream_wrap']);
    return isStreamBinding(binding) ? binding : undefined;
  } catch {
    // It may be forbidden (`--permission`).
    return undefined;
  }
}

function isStreamBinding(value: unknown): value is StreamBinding {
  return (
    typeof value === 'object' &&
    value !== null &&
    'WriteWrap' in value &&
    typeof value.WriteWrap === 'function' &&
    'streamBaseState' in value &&
    value.streamBaseState instanceof Int32Array &&
    'kLastWriteWasAsync' in value &&
    typeof value.kLastWriteWasAsync === 'number'
  );
}
