import { LanguageSupport, StreamLanguage, type StreamParser } from '@codemirror/language';

const KEYWORDS = new Set([
  'model',
  'schema',
  'type',
  'relations',
  'define',
  'or',
  'and',
  'but',
  'not',
  'from',
  'with',
  'condition',
  'module',
  'extend',
]);

interface State {
  /** The word before, which says what the next one is. */
  last: string;
}

/** The modelling language of OpenFGA, word by word. */
const parser: StreamParser<State> = {
  name: 'openfga',
  startState: () => ({ last: '' }),
  token(stream, state) {
    if (stream.sol()) state.last = '';
    if (stream.eatSpace()) return null;
    if (stream.match(/^#(?![a-z])/i) || (stream.sol() && stream.match('#'))) {
      stream.skipToEnd();
      return 'comment';
    }
    if (stream.match(/^#\w+/)) return 'propertyName';
    if (stream.match(/^"(?:[^"\\]|\\.)*"?/)) return 'string';
    if (stream.match(/^\d+(\.\d+)?/)) return 'number';
    const word = stream.match(/^[A-Za-z_][\w-]*/);
    if (word && typeof word === 'object') {
      const [name] = word;
      const before = state.last;
      state.last = name;
      if (before === 'type') return 'typeName';
      if (before === 'define') return 'propertyName';
      return KEYWORDS.has(name) ? 'keyword' : before === '[' || before === ',' ? 'typeName' : null;
    }
    state.last = stream.next() ?? '';
    return null;
  },
  languageData: { commentTokens: { line: '#' } },
};

export const fgaLanguage = StreamLanguage.define(parser);

export const fga = (): LanguageSupport => new LanguageSupport(fgaLanguage);
