/**
 * A JSON editor. It lives in a shadow root: CodeMirror brings its own styles, and there they are adopted sheets, which the
 * content policy allows, where a <style> element would be refused. The host says by `data-editor` that keys typed in it
 * are text.
 */
import { useEffect, useRef } from 'react';
import { defaultKeymap, history, historyKeymap, insertBlankLine } from '@codemirror/commands';
import { json } from '@codemirror/lang-json';
import { bracketMatching, foldGutter, HighlightStyle, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { lintGutter, nextDiagnostic, previousDiagnostic, setDiagnostics, type Diagnostic } from '@codemirror/lint';
import { Compartment, EditorState } from '@codemirror/state';
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from '@codemirror/view';
import { tags } from '@lezer/highlight';
import './editor.css';

/** A mark in the text, in UTF-16 units. */
export interface EditorMark {
  readonly from: number;
  readonly to: number;
  readonly severity: 'error' | 'warning';
  readonly sentence: string;
}

/** What the outside may ask of the editor. */
export interface EditorHandle {
  /** Puts the cursor there and the focus into the editor. */
  goTo(from: number): void;
}

interface EditorProps {
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Its accessible name. */
  readonly label: string;
  readonly marks: readonly EditorMark[];
  readonly handle?: (handle: EditorHandle | null) => void;
  /** Takes the focus as soon as it is there. */
  readonly autoFocus?: boolean;
}

const colours = HighlightStyle.define([
  { tag: tags.propertyName, color: 'var(--fg)' },
  { tag: tags.string, color: 'var(--text)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--tool)' },
  { tag: [tags.separator, tags.squareBracket, tags.brace], color: 'var(--fg-3)' },
]);

const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--fg)', backgroundColor: 'var(--bg)' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': {
    fontFamily: 'var(--mono)',
    fontSize: '12px',
    lineHeight: '18px',
    fontVariantLigatures: 'none',
    scrollbarWidth: 'thin',
    scrollbarColor: 'var(--line-2) transparent',
  },
  '.cm-content': { padding: '8px 0', caretColor: 'var(--fg)' },
  '.cm-cursor': { borderLeftColor: 'var(--fg)', borderLeftWidth: '1.5px' },
  '.cm-gutters': { backgroundColor: 'var(--bg)', color: 'var(--fg-3)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { padding: '0 4px 0 12px', fontSize: '11px' },
  '.cm-activeLine': { backgroundColor: 'color-mix(in srgb, var(--hover) 55%, transparent)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'transparent', outline: '1px solid var(--line-2)' },
  '& .cm-selectionBackground, &.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground': {
    backgroundColor: 'color-mix(in srgb, var(--accent) 32%, transparent)',
  },
  '.cm-foldGutter .cm-gutterElement': { color: 'var(--fg-3)', fontFamily: 'var(--sans)' },
  '.cm-foldPlaceholder': { backgroundColor: 'var(--hover)', border: 'none', color: 'var(--fg-2)', padding: '0 4px' },
  '.cm-lintRange-error': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--error) 1px',
    textUnderlineOffset: '3px',
  },
  '.cm-lintRange-warning': {
    backgroundImage: 'none',
    textDecoration: 'underline wavy var(--warn) 1px',
    textUnderlineOffset: '3px',
  },
  '.cm-lintPoint::after': { borderBottomColor: 'var(--error)' },
  '.cm-gutter-lint': { width: '14px' },
  '.cm-gutter-lint .cm-gutterElement': { padding: '5px 0 0 4px' },
  '.cm-lint-marker': {
    width: '8px',
    height: '8px',
    borderRadius: '4px',
    content: 'none !important',
    cursor: 'default',
  },
  '.cm-lint-marker-error': { backgroundColor: 'var(--error)' },
  '.cm-lint-marker-warning': { backgroundColor: 'var(--warn)', borderRadius: '0' },
  '.cm-tooltip': {
    backgroundColor: 'var(--chrome)',
    color: 'var(--fg)',
    border: '1px solid var(--line-2)',
    borderRadius: '4px',
    boxShadow: 'var(--shadow)',
    font: '400 12px/16px var(--sans)',
    maxWidth: '420px',
  },
  '.cm-diagnostic': { padding: '4px 8px' },
  '.cm-diagnostic-error': { borderLeft: '2px solid var(--error)' },
  '.cm-diagnostic-warning': { borderLeft: '2px solid var(--warn)' },
});

/** All the usual keys but the one that runs the request. */
const keys = [
  ...defaultKeymap.filter(({ run }) => run !== insertBlankLine),
  ...historyKeymap,
  { key: 'F8', run: nextDiagnostic, shift: previousDiagnostic },
];

export function Editor({ value, onChange, label, marks, handle, autoFocus = false }: EditorProps) {
  const host = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const attributes = useRef(new Compartment());
  const latest = useRef({ value, onChange, label, handle, autoFocus });
  useEffect(() => {
    latest.current = { value, onChange, label, handle, autoFocus };
  });

  useEffect(() => {
    const shadow = host.current!.shadowRoot ?? host.current!.attachShadow({ mode: 'open' });
    const parent = document.createElement('div');
    parent.style.height = '100%';
    shadow.replaceChildren(parent);
    const editor = new EditorView({
      parent,
      root: shadow,
      state: EditorState.create({
        doc: latest.current.value,
        extensions: [
          lineNumbers(),
          foldGutter({ openText: '▾', closedText: '▸' }),
          lintGutter(),
          history(),
          drawSelection(),
          bracketMatching(),
          highlightActiveLine(),
          indentUnit.of('  '),
          EditorView.lineWrapping,
          json(),
          syntaxHighlighting(colours),
          look,
          keymap.of(keys),
          attributes.current.of(described(latest.current.label, false)),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) latest.current.onChange(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = editor;
    latest.current.handle?.({
      goTo(from) {
        editor.dispatch({
          selection: { anchor: Math.min(from, editor.state.doc.length) },
          effects: EditorView.scrollIntoView(Math.min(from, editor.state.doc.length), { y: 'center' }),
        });
        editor.focus();
      },
    });
    if (latest.current.autoFocus) editor.focus();
    return () => {
      latest.current.handle?.(null);
      view.current = null;
      editor.destroy();
    };
  }, []);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === value) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: value } });
  }, [value]);

  useEffect(() => {
    const editor = view.current;
    if (!editor) return;
    const { length } = editor.state.doc;
    const diagnostics = marks.map(({ from, to, severity, sentence }): Diagnostic => ({
      from: Math.min(from, length),
      to: Math.min(to, length),
      severity,
      message: sentence,
    }));
    editor.dispatch(setDiagnostics(editor.state, diagnostics));
    editor.dispatch({
      effects: attributes.current.reconfigure(
        described(
          label,
          marks.some(({ severity }) => severity === 'error'),
        ),
      ),
    });
  }, [marks, label]);

  return <div ref={host} className="editor" data-editor />;
}

const described = (label: string, invalid: boolean) =>
  EditorView.contentAttributes.of({ 'aria-label': label, 'aria-invalid': String(invalid) });
