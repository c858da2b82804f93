/**
 * The same text in one piece, for what is written again and again: put together it stays a tree of its parts, which is
 * walked for each head that it becomes a part of. For header values and lines, which are Latin-1.
 */
export function inOnePiece(text: string): string {
  return Buffer.from(text, 'latin1').toString('latin1');
}
