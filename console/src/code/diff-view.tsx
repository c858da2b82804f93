import { syntaxHighlighting } from '@codemirror/language';
import { MergeView, unifiedMergeView } from '@codemirror/merge';
import { EditorState, type Extension } from '@codemirror/state';
import { EditorView, lineNumbers } from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';
import { useMediaQuery } from '@mantine/hooks';
import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { styleNonce } from '../session/page-facts.ts';
import './code.css';

interface DiffViewProps {
  /** Names what is on either side. */
  label: string;
  before: string;
  after: string;
  language: Extension;
  /** One below the other, also where there is room for two beside each other. */
  unified?: boolean;
}

/** What became of a text: beside each other where there is room, within each other where there is not. */
export function DiffView({ label, before, after, language, unified = false }: DiffViewProps) {
  const place = useRef<HTMLDivElement>(null);
  const isNarrow = useMediaQuery('(max-width: 62em)', true, { getInitialValueInEffect: false });
  const within = unified || isNarrow;
  const { t } = useTranslation();
  const unchanged = t('common.unchangedLines');
  useEffect(() => {
    const parent = place.current;
    if (parent === null) return;
    const extensions: Extension = [
      EditorView.cspNonce.of(styleNonce),
      lineNumbers(),
      syntaxHighlighting(classHighlighter),
      EditorView.lineWrapping,
      // `$` is how many, for CodeMirror.
      EditorState.phrases.of({ '$ unchanged lines': unchanged }),
      EditorState.readOnly.of(true),
      EditorView.editable.of(false),
      EditorView.contentAttributes.of({ 'aria-label': label, tabindex: '0' }),
      language,
    ];
    const collapseUnchanged = { margin: 3, minSize: 6 };
    if (within) {
      const merge = unifiedMergeView({ original: before, mergeControls: false, collapseUnchanged });
      const view = new EditorView({
        parent,
        state: EditorState.create({ doc: after, extensions: [extensions, merge] }),
      });
      return () => view.destroy();
    }
    const view = new MergeView({
      parent,
      a: { doc: before, extensions },
      b: { doc: after, extensions },
      collapseUnchanged,
    });
    return () => view.destroy();
  }, [before, after, language, label, within, unchanged]);
  return <div ref={place} className="code-editor code-diff" />;
}
