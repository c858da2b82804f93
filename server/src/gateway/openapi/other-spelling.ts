/** The described name that some service would take this one for; undefined where it is described itself, or like none. */
export type FindTwin = (name: string) => string | undefined;

/**
 * Names that are another to a schema and the same to many services: Go and .NET read fields of JSON whatever their case is,
 * PHP, Rails and Express read `id[]` and `id[x]` as `id`. What was checked under one name must not come in under another.
 */
export function twinsOf(described: ReadonlySet<string>): FindTwin {
  const bySpelling = new Map<string, string>();
  for (const name of described) bySpelling.set(spelling(name), name);
  return (name) => (described.has(name) ? undefined : bySpelling.get(spelling(name)));
}

/** By way of upper case: `ſ` is an `s` to Go, and lower case leaves it as it is. */
function spelling(name: string): string {
  const bracket = name.indexOf('[');
  return (bracket > 0 ? name.slice(0, bracket) : name).toUpperCase().toLowerCase();
}

export function twinDetail(name: string): string {
  return `holds another spelling of ${JSON.stringify(name)}, which some services take for it; write it as it is described`;
}
