/** Under the fields that they are about; what is about none stands at the end. */
export function errorsOf(
  fields: readonly { path: string; message: string }[],
  message: string,
): Record<string, string> {
  const known = fields.map(({ path, message }) => [path.split('.')[0] || 'form', message] as const);
  return known.length === 0 ? { form: message } : Object.fromEntries(known);
}
