import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { bracketMatching, indentOnInput, syntaxHighlighting } from '@codemirror/language';
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint';
import { highlightSelectionMatches, searchKeymap } from '@codemirror/search';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { useEffect, useRef } from 'react';
import { styleNonce } from '../session/page-facts.ts';
import './code.css';

export interface CodeEditorProps {
  label: string;
  value: string;
  onChange?: (value: string) => void;
  /** The language, completion, what else. Must stay the same while the editor stands there. */
  extensions: Extension;
  diagnostics?: readonly Diagnostic[];
  readOnly?: boolean;
  minHeight?: string;
}

/** CodeMirror. Escape and then Tab leave it, as WCAG 2.1.2 asks; every finding is reached with F8. */
export function CodeEditor(props: CodeEditorProps) {
  const { label, value, onChange, extensions, diagnostics = NONE, readOnly = false, minHeight = '20rem' } = props;
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(undefined);
  const changed = useRef(onChange);
  changed.current = onChange;
  const writable = useRef(new Compartment());
  const first = useRef({ value, extensions, label, minHeight });

  useEffect(() => {
    const { current: compartment } = writable;
    const start = first.current;
    const editor = new EditorView({
      ...(place.current === null ? {} : { parent: place.current }),
      state: EditorState.create({
        doc: start.value,
        extensions: [
          frame,
          compartment.of([]),
          EditorView.contentAttributes.of({ 'aria-label': start.label }),
          EditorView.theme({ '.cm-content, .cm-gutter': { minHeight: start.minHeight } }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) changed.current?.(update.state.doc.toString());
          }),
          start.extensions,
        ],
      }),
    });
    view.current = editor;
    return () => editor.destroy();
  }, []);

  useEffect(() => {
    const effects = writable.current.reconfigure([
      EditorState.readOnly.of(readOnly),
      // One that can't be written in can still be walked through.
      EditorView.editable.of(!readOnly),
      ...(readOnly ? [EditorView.contentAttributes.of({ tabindex: '0' })] : []),
    ]);
    view.current?.dispatch({ effects });
  }, [readOnly]);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (editor === undefined) return;
    // Findings are about the text as it was sent; what was typed since may be shorter.
    const end = editor.state.doc.length;
    const fitting = diagnostics.map((each) => ({
      ...each,
      from: Math.min(each.from, end),
      to: Math.min(each.to, end),
    }));
    editor.dispatch(setDiagnostics(editor.state, fitting));
  }, [diagnostics]);

  return <div ref={place} className="code-editor" />;
}

const NONE: readonly Diagnostic[] = [];

const frame: Extension = [
  // The page's policy obeys only style elements that carry its nonce.
  EditorView.cspNonce.of(styleNonce),
  lineNumbers(),
  lintGutter(),
  history(),
  drawSelection(),
  highlightActiveLine(),
  highlightSelectionMatches(),
  indentOnInput(),
  bracketMatching(),
  closeBrackets(),
  autocompletion(),
  syntaxHighlighting(classHighlighter),
  EditorView.lineWrapping,
  keymap.of([
    ...closeBracketsKeymap,
    ...defaultKeymap,
    ...searchKeymap,
    ...historyKeymap,
    ...completionKeymap,
    ...lintKeymap,
    indentWithTab,
  ]),
];
