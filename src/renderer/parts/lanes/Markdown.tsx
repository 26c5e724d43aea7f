/**
 * Markdown as a person reads it, of what a model wrote. Each node of the syntax tree becomes an element of React: HTML in the
 * text stays text, links are not links and images are not fetched; both are named with their addresses.
 */
import { useMemo, type ReactNode } from 'react';
import type { SyntaxNode } from '@lezer/common';
import { GFM, parser } from '@lezer/markdown';
import { Shown } from '../../components/Shown.tsx';
import './markdown.css';

const gfm = parser.configure(GFM);
/** What lies deeper stays as it was written: nobody reads it, and a browser cannot lay it out without end. */
const DEEPEST = 24;

interface Place {
  readonly text: string;
  readonly depth: number;
}

export function Markdown({ text }: { readonly text: string }) {
  const tree = useMemo(() => gfm.parse(text), [text]);
  return <div className="markdown">{blocks(tree.topNode, { text, depth: 0 })}</div>;
}

/** Signs of the markup itself. */
const isMark = ({ name }: SyntaxNode): boolean => name.endsWith('Mark') || name === 'TableDelimiter';

function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const children: SyntaxNode[] = [];
  for (let child = node.firstChild; child; child = child.nextSibling) children.push(child);
  return children;
}

const sourceOf = ({ from, to }: SyntaxNode, text: string): string => text.slice(from, to);

function blocks(node: SyntaxNode, { text, depth }: Place): ReactNode {
  if (depth > DEEPEST) return <Shown whole text={sourceOf(node, text)} />;
  return childrenOf(node).map((child) =>
    isMark(child) ? null : <Block key={child.from} node={child} place={{ text, depth: depth + 1 }} />,
  );
}

function Block({ node, place }: { readonly node: SyntaxNode; readonly place: Place }): ReactNode {
  const { text } = place;
  switch (node.name) {
    case 'FencedCode':
    case 'CodeBlock':
      return <Code node={node} text={text} />;
    case 'Blockquote':
      return <blockquote>{blocks(node, place)}</blockquote>;
    case 'BulletList':
      return <ul>{blocks(node, place)}</ul>;
    case 'OrderedList':
      return <ol start={Number.parseInt(sourceOf(node, text), 10)}>{blocks(node, place)}</ol>;
    case 'ListItem':
      return <li>{blocks(node, place)}</li>;
    case 'HorizontalRule':
      return <hr />;
    case 'Table':
      return <Grid node={node} place={place} />;
    case 'Paragraph':
    case 'Task':
      return <p>{inline(node, place)}</p>;
    default: {
      // A heading of the answer, not of the window, among whose own headings its place would say nothing.
      const heading = /^(?:ATX|Setext)Heading(\d)$/.exec(node.name);
      if (heading) return <p className={`md-heading md-h${heading[1]}`}>{inline(node, place)}</p>;
      return (
        <p>
          <Shown whole text={sourceOf(node, text)} />
        </p>
      );
    }
  }
}

/** The text of a node with the elements in it; signs of the markup left out. */
function inline(node: SyntaxNode, { text, depth }: Place): ReactNode {
  if (depth > DEEPEST) return <Shown whole text={sourceOf(node, text)} />;
  const out: ReactNode[] = [];
  let at = node.from;
  const upTo = (end: number): void => {
    if (end > at) out.push(<Shown key={`text ${at}`} whole text={text.slice(at, end)} />);
  };
  for (const child of childrenOf(node)) {
    upTo(child.from);
    if (!isMark(child)) out.push(<Inline key={child.from} node={child} place={{ text, depth: depth + 1 }} />);
    at = child.to;
    // The blanks that part a sign from its text belong to the sign.
    if (child.name === 'HeaderMark') while (text[at] === ' ') at++;
  }
  upTo(node.to);
  return out;
}

function Inline({ node, place }: { readonly node: SyntaxNode; readonly place: Place }): ReactNode {
  const source = sourceOf(node, place.text);
  switch (node.name) {
    case 'Emphasis':
      return <em>{inline(node, place)}</em>;
    case 'StrongEmphasis':
      return <strong>{inline(node, place)}</strong>;
    case 'Strikethrough':
      return <s>{inline(node, place)}</s>;
    case 'InlineCode':
      return <code>{inline(node, place)}</code>;
    case 'Link':
      return <span className="md-link">{inline(node, place)}</span>;
    case 'Image':
      return <span className="md-link">image {inline(node, place)}</span>;
    case 'Autolink':
      return inline(node, place);
    case 'URL':
    case 'LinkTitle':
    case 'LinkLabel':
      return (
        <span className="quiet">
          {' '}
          <Shown whole text={source} />
        </span>
      );
    case 'Escape':
      return <Shown whole text={source.slice(1)} />;
    case 'HardBreak':
      return <br />;
    default:
      return <Shown whole text={source} />;
  }
}

function Code({ node, text }: { readonly node: SyntaxNode; readonly text: string }) {
  const children = childrenOf(node);
  const language = children.find(({ name }) => name === 'CodeInfo');
  const lines = children.filter(({ name }) => name === 'CodeText').map((child) => sourceOf(child, text));
  return (
    <div className="md-code">
      {language && (
        <span className="quiet">
          <Shown text={sourceOf(language, text)} />
        </span>
      )}
      <pre>
        <Shown whole text={lines.join('')} />
      </pre>
    </div>
  );
}

function Grid({ node, place }: { readonly node: SyntaxNode; readonly place: Place }) {
  const rows = childrenOf(node).filter(({ name }) => name === 'TableHeader' || name === 'TableRow');
  return (
    <table>
      <tbody>
        {rows.map((row) => {
          const Cell = row.name === 'TableHeader' ? 'th' : 'td';
          return (
            <tr key={row.from}>
              {childrenOf(row)
                .filter(({ name }) => name === 'TableCell')
                .map((cell) => (
                  <Cell key={cell.from}>{inline(cell, place)}</Cell>
                ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
