import { setFlagsFromString } from 'node:v8';

/**
 * How much of what a function calls V8 compiles into it, in bytes of bytecode: of one callee, and of all together. A request
 * runs through some hundred small functions, one inside the other, and V8's own bounds (460 and 920) are used up long before
 * the innermost, which is then called in earnest, with objects made for it that nobody else sees.
 */
const OF_ONE = 1200;
const OF_ALL = 2500;

/** For what runs long. What was compiled before stays as it is. See docs/adr/0065-writes-leave-together.md. */
export function inlineMore(): void {
  setFlagsFromString(`--max-inlined-bytecode-size=${OF_ONE}`);
  setFlagsFromString(`--max-inlined-bytecode-size-cumulative=${OF_ALL}`);
}
