/**
 * Each node of the syntax tree of a Markdown becomes an element of React: HTML in the text stays text, links are not links and
 * images are not fetched; both are named with their addresses.
 */
import { memo, type ReactNode } from 'react';
import { Shown } from '../../components/Shown.tsx';
import type { MarkdownNode } from './markdown-tree.ts';
import './markdown.css';

interface MarkdownTreeProps {
  readonly text: string;
  readonly tree: MarkdownNode;
  /** How many of its outermost nodes; all unless said. */
  readonly drawn?: number;
}

export function MarkdownTree({ text, tree, drawn = tree.children.length }: MarkdownTreeProps) {
  return (
    <div className="markdown">
      {tree.isDeep ? blocks(tree, text) : tree.children.slice(0, drawn).map((child) => block(child, text))}
    </div>
  );
}

/** Signs of the markup itself. */
const isMark = ({ name }: MarkdownNode): boolean => name.endsWith('Mark') || name === 'TableDelimiter';

const sourceOf = ({ from, to }: MarkdownNode, text: string): string => text.slice(from, to);

function blocks(node: MarkdownNode, text: string): ReactNode {
  if (node.isDeep) return <Shown whole text={sourceOf(node, text)} />;
  return node.children.map((child) => block(child, text));
}

const block = (node: MarkdownNode, text: string): ReactNode =>
  isMark(node) ? null : <Block key={node.from} node={node} text={text} />;

interface Piece {
  readonly node: MarkdownNode;
  readonly text: string;
}

const Block = memo(function Block({ node, text }: Piece): ReactNode {
  switch (node.name) {
    case 'FencedCode':
    case 'CodeBlock':
      return <Code node={node} text={text} />;
    case 'Blockquote':
      return <blockquote>{blocks(node, text)}</blockquote>;
    case 'BulletList':
      return <ul>{blocks(node, text)}</ul>;
    case 'OrderedList':
      return <ol start={Number.parseInt(sourceOf(node, text), 10)}>{blocks(node, text)}</ol>;
    case 'ListItem':
      return <li>{blocks(node, text)}</li>;
    case 'HorizontalRule':
      return <hr />;
    case 'Table':
      return <Grid node={node} text={text} />;
    case 'Paragraph':
    case 'Task':
      return <p>{inline(node, text)}</p>;
    default: {
      // A heading of the answer, not of the window, among whose own headings its place would say nothing.
      const heading = /^(?:ATX|Setext)Heading(\d)$/.exec(node.name);
      if (heading) return <p className={`md-heading md-h${heading[1]}`}>{inline(node, text)}</p>;
      return (
        <p>
          <Shown whole text={sourceOf(node, text)} />
        </p>
      );
    }
  }
});

/** The text of a node with the elements in it; signs of the markup left out. */
function inline(node: MarkdownNode, text: string): ReactNode {
  if (node.isDeep) return <Shown whole text={sourceOf(node, text)} />;
  const out: ReactNode[] = [];
  let at = node.from;
  const upTo = (end: number): void => {
    if (end > at) out.push(<Shown key={`text ${at}`} whole text={text.slice(at, end)} />);
  };
  for (const child of node.children) {
    upTo(child.from);
    if (!isMark(child)) out.push(<Inline key={child.from} node={child} text={text} />);
    at = child.to;
    // The blanks that part a sign from its text belong to the sign.
    if (child.name === 'HeaderMark') while (text[at] === ' ') at++;
  }
  upTo(node.to);
  return out;
}

function Inline({ node, text }: Piece): ReactNode {
  const source = sourceOf(node, text);
  switch (node.name) {
    case 'Emphasis':
      return <em>{inline(node, text)}</em>;
    case 'StrongEmphasis':
      return <strong>{inline(node, text)}</strong>;
    case 'Strikethrough':
      return <s>{inline(node, text)}</s>;
    case 'InlineCode':
      return <code>{inline(node, text)}</code>;
    case 'Link':
      return <span className="md-link">{inline(node, text)}</span>;
    case 'Image':
      return <span className="md-link">image {inline(node, text)}</span>;
    case 'Autolink':
      return inline(node, text);
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

function Code({ node, text }: Piece) {
  const { children } = node;
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

function Grid({ node, text }: Piece) {
  const rows = node.children.filter(({ name }) => name === 'TableHeader' || name === 'TableRow');
  return (
    <table>
      <tbody>
        {rows.map((row) => {
          const Cell = row.name === 'TableHeader' ? 'th' : 'td';
          return (
            <tr key={row.from}>
              {row.children
                .filter(({ name }) => name === 'TableCell')
                .map((cell) => (
                  <Cell key={cell.from}>{inline(cell, text)}</Cell>
                ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
