/**
 * Modules as OPA's compiler makes them, as far as whoever loads them can tell (the ABI of Rego in WebAssembly, 1.2), put
 * together by hand: there is no compiler among the packages. The rule `gatehouse/allow` comes to `answer`, whatever is asked;
 * one that spins runs for ever.
 */
const PAGE = 65_536;
const ENTRYPOINTS_AT = 1_024;
const BUILTINS_AT = 2_048;
const ANSWER_AT = 4_096;
const HEAP_AT = 8_192;

const I32 = 0x7f;
const LOCAL_GET = (index: number) => [0x20, index];
const CONST = (value: number) => [0x41, ...signed(value)];
const END = 0x0b;

export function opaModule({ answer = '[{"result":true}]', spin = false } = {}): Buffer {
  const body = {
    // bump allocation: whoever loads the module writes `data` and nothing else
    opa_malloc: [...CONST(HEAP_AT), END],
    opa_json_parse: [...LOCAL_GET(0), END],
    opa_json_dump: [...LOCAL_GET(0), END],
    opa_heap_ptr_get: [...CONST(HEAP_AT + PAGE), END],
    opa_heap_ptr_set: [END],
    entrypoints: [...CONST(ENTRYPOINTS_AT), END],
    builtins: [...CONST(BUILTINS_AT), END],
    // loop { br 0 } for the one that never ends
    opa_eval: spin ? [0x03, 0x40, 0x0c, 0x00, END, ...CONST(0), END] : [...CONST(ANSWER_AT), END],
  };
  const types = [
    [[I32], [I32]],
    [[I32, I32], [I32]],
    [[], [I32]],
    [[I32], []],
    [[I32, I32, I32, I32, I32, I32, I32], [I32]],
  ] as const;
  const typeOf: Record<keyof typeof body, number> = {
    opa_malloc: 0,
    opa_json_parse: 1,
    opa_json_dump: 0,
    opa_heap_ptr_get: 2,
    opa_heap_ptr_set: 3,
    entrypoints: 2,
    builtins: 2,
    opa_eval: 4,
  };
  const names = Object.keys(body) as (keyof typeof body)[];
  const functions = names.map((name, index) => [...text(name), 0x00, index]);
  const globals = ['opa_wasm_abi_version', 'opa_wasm_abi_minor_version'].map((name, index) => [
    ...text(name),
    0x03,
    index,
  ]);
  return Buffer.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(
      1,
      vector(
        types.map(([from, to]) => [0x60, ...vector(from.map((type) => [type])), ...vector(to.map((type) => [type]))]),
      ),
    ),
    ...section(2, vector([[...text('env'), ...text('memory'), 0x02, 0x00, 0x02]])),
    ...section(3, vector(names.map((name) => [typeOf[name]]))),
    ...section(6, vector([1, 2].map((value) => [I32, 0x00, ...CONST(value), END]))),
    ...section(7, vector([...functions, ...globals])),
    ...section(10, vector(names.map((name) => sized([0x00, ...body[name]])))),
    ...section(
      11,
      vector([dataAt(ENTRYPOINTS_AT, '{"gatehouse/allow":0}'), dataAt(BUILTINS_AT, '{}'), dataAt(ANSWER_AT, answer)]),
    ),
  ]);
}

function dataAt(place: number, value: string): number[] {
  return [0x00, ...CONST(place), END, ...sized([...Buffer.from(`${value}\0`)])];
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...sized(content)];
}

function vector(items: readonly (readonly number[])[]): number[] {
  return [...unsigned(items.length), ...items.flat()];
}

function sized(content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content];
}

function text(value: string): number[] {
  return sized([...Buffer.from(value)]);
}

/** LEB128. */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): number[] {
  const low = value & 0x7f;
  const rest = value >> 7;
  const done = rest === 0 && (low & 0x40) === 0;
  return done ? [low] : [low | 0x80, ...signed(rest)];
}
