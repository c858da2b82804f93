/** What a connection of HTTP/2 asks of the exchange on one of its streams; the rest it hears from the stream. */
export interface Http2Exchange {
  checkDeadline(now: number): void;
  /** The process is to stop. Left out: it finishes by itself. */
  goAway?(): void;
}
