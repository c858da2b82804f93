/** Of a header, each value that was sent. */
export function valuesOf(rawHeaders: readonly string[], name: string): string[] {
  return rawHeaders.flatMap((each, index) =>
    index % 2 === 0 && each.toLowerCase() === name ? [rawHeaders[index + 1] ?? ''] : [],
  );
}
