/** Markdown as a person reads it, read in a thread of its own and drawn frame by frame. */
import { useEffect, useState } from 'react';
import { Shown } from '../../components/Shown.tsx';
import { useSteps } from '../../components/use-steps.ts';
import { MarkdownTree } from './MarkdownTree.tsx';
import type { MarkdownNode } from './markdown-tree.ts';
import { readMarkdown } from './read-markdown.ts';

/** What is drawn of a text of which a few lines are seen, in UTF-16 units. */
const CLAMPED = 2_048;
/** Its elements take longer to draw than plain text of as many characters. */
const COST = 2;

interface MarkdownProps {
  readonly text: string;
  /** Only a few lines of it are seen. */
  readonly clamped: boolean;
}

/** The text as it came until it is read, and where it cannot be. */
export function Markdown({ text, clamped }: MarkdownProps) {
  const [read, setRead] = useState<{ readonly of: string; readonly tree: MarkdownNode | null }>();
  useEffect(() => {
    let wanted = true;
    void readMarkdown(text).then((tree) => wanted && setRead({ of: text, tree }));
    return () => {
      wanted = false;
    };
  }, [text]);
  const tree = read?.of === text ? read.tree : null;
  return tree ? (
    <Drawn text={text} tree={tree} clamped={clamped} />
  ) : (
    <p className="prose">
      <Shown whole text={clamped ? text.slice(0, CLAMPED) : text} />
    </p>
  );
}

function Drawn({ text, tree, clamped }: MarkdownProps & { readonly tree: MarkdownNode }) {
  const { children } = tree;
  const wanted = clamped ? children.filter(({ from }) => from < CLAMPED).length : children.length;
  const drawn = useSteps(wanted, Math.ceil((COST * text.length) / Math.max(1, children.length)), tree);
  return <MarkdownTree text={text} tree={tree} drawn={drawn} />;
}
