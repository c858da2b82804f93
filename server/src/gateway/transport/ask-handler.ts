import type { Handler, RequestHead, Verdict } from '../exchange.ts';

/** Asks what is to be done with a request. A verdict that is there at once is carried out at once, without a promise. */
export function askHandler(
  handler: Handler,
  request: RequestHead,
  carryOut: (verdict: Verdict) => void,
  onDefect: (error: unknown) => void,
): void {
  try {
    const verdict = handler(request);
    if (verdict instanceof Promise) verdict.then(carryOut).catch(onDefect);
    else carryOut(verdict);
  } catch (error) {
    onDefect(error);
  }
}
