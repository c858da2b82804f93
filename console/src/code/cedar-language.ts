import { LanguageSupport, StreamLanguage, type StreamParser } from '@codemirror/language';

const KEYWORDS = new Set(['permit', 'forbid', 'when', 'unless', 'if', 'then', 'else', 'in', 'is', 'has', 'like']);
const SCHEMA_KEYWORDS = new Set(['entity', 'action', 'appliesTo', 'namespace', 'type', 'tags', 'enum', 'attributes']);
const VARIABLES = new Set(['principal', 'action', 'resource', 'context']);
const CALLS = new Set(['ip', 'decimal', 'datetime', 'duration']);

/** Cedar's policies and schemas, word by word: enough for colours, and never wrong for long. */
const parser: StreamParser<{ inSchema: boolean }> = {
  name: 'cedar',
  startState: () => ({ inSchema: false }),
  token(stream, state) {
    if (stream.eatSpace()) return null;
    if (stream.match('//')) {
      stream.skipToEnd();
      return 'comment';
    }
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string';
    if (stream.match(/^@[A-Za-z_]\w*/)) return 'meta';
    if (stream.match(/^\?(principal|resource)\b/)) return 'variableName.special';
    if (stream.match(/^-?\d+/)) return 'number';
    // `Shop::Order::"7"`, and `Action::"read"`: everything before the last colons is a type.
    if (stream.match(/^[A-Za-z_]\w*(?=::)/)) return 'typeName';
    if (stream.match(/^\.[A-Za-z_]\w*(?=\()/)) return 'keyword';
    if (stream.match(/^\.[A-Za-z_]\w*/)) return 'propertyName';
    const word = stream.match(/^[A-Za-z_]\w*/);
    if (word && typeof word === 'object') return styleOf(word[0], state);
    if (stream.match(/^(==|!=|<=|>=|&&|\|\||[<>!+\-*=?])/)) return 'operator';
    stream.next();
    return null;
  },
  languageData: { commentTokens: { line: '//' }, closeBrackets: { brackets: ['(', '[', '{', '"'] } },
};

function styleOf(word: string, state: { inSchema: boolean }): string | null {
  if (word === 'true' || word === 'false') return 'bool';
  if (word === 'entity' || word === 'namespace') state.inSchema = true;
  // In a schema `action` declares one; in a policy it is the one asked for.
  if (state.inSchema && SCHEMA_KEYWORDS.has(word)) return 'keyword';
  if (VARIABLES.has(word)) return 'variableName.special';
  if (KEYWORDS.has(word) || CALLS.has(word)) return 'keyword';
  return /^[A-Z]/.test(word) ? 'typeName' : null;
}

export const cedarLanguage = StreamLanguage.define(parser);

export const cedar = (): LanguageSupport => new LanguageSupport(cedarLanguage);
