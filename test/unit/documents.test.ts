/** The documents and the code agree where a document names something in the code, or the code something in a document. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { QUIRKS } from '../../src/shared/adapters/agent-server/quirks.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const files = (folder: string, name: RegExp): readonly string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => name.test(path))
    .map((path) => join(folder, path));

describe('docs/adapters.md', () => {
  const text = read('docs/adapters.md');
  const sections = [...text.matchAll(/^##+ (\d+(?:\.\d+)?)\.? /gm)].map(([, number]) => number!);
  /** `docs/adapters.md, 3 and 4`, `docs/adapters.md, 1, 2, 8 and 9`. */
  const cited = files('src', /\.tsx?$/).flatMap((path) =>
    [...read(path).matchAll(/adapters\.md, (\d[\d., and]*\d|\d)/g)].flatMap(([, list]) =>
      list!.split(/, | and /).map((section) => ({ path, section })),
    ),
  );

  it('has every section that a comment cites', () => {
    expect(cited.length).toBeGreaterThan(20);
    expect(cited.filter(({ section }) => !sections.includes(section))).toEqual([]);
  });

  it('is cited with a section, by its whole path', () => {
    const citations = (path: string, what: RegExp): number => read(path).match(what)?.length ?? 0;
    const bare = files('src', /\.tsx?$/).filter(
      (path) => citations(path, /adapters\.md/g) !== citations(path, /docs\/adapters\.md, \d/g),
    );
    expect(bare).toEqual([]);
  });

  it('refers to sections of its own that exist', () => {
    const own = [...text.matchAll(/[Ss]ections? (\d+(?:\.\d+)?)/g)].map(([, section]) => section!);
    expect(own.filter((section) => !sections.includes(section))).toEqual([]);
  });

  it('lists every quirk, and no other', () => {
    const listed = [...text.slice(text.indexOf('## 11.')).matchAll(/`([a-z]+(?:-[a-z]+)+)`/g)].map(([, id]) => id!);
    expect(listed.filter((id) => id !== 'agent-server').toSorted()).toEqual(Object.keys(QUIRKS).toSorted());
  });
});

describe('every document', () => {
  const documents = [...files('docs', /\.md$/), ...readdirSync(root).filter((name) => name.endsWith('.md'))];
  const all = ['src', 'test'].flatMap((folder) => files(folder, /\.(?:tsx?|mjs|css)$/)).map((path) => `/${path}`);

  it.each(documents)('%s names files and folders that exist', (document) => {
    const text = read(document);
    const named = [...text.matchAll(/`((?:src|test|docs|resources)\/[\w./-]+)`/g)].map(([, path]) => path!);
    const folder = document.split('/').slice(0, -1).join('/');
    const linked = [...text.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map(([, path]) => join(folder, path!));
    const missing = [...named, ...linked].filter((path) => !existsSync(join(root, path)));
    expect(missing).toEqual([]);
  });

  it.each(documents.filter((name) => name !== 'CONTRIBUTING.md'))('%s names ends of paths that exist', (document) => {
    const named = [...read(document).matchAll(/(?<![\w/.-])((?:[\w-]+\/)+[\w-]+\.(?:tsx?|mjs|css))\b/g)].map(
      ([, path]) => path!,
    );
    expect(named.filter((path) => !all.some((one) => one.endsWith(`/${path}`)))).toEqual([]);
  });

  it('of a decision is in the list of decisions', () => {
    const list = read('docs/decisions/README.md');
    const decisions = readdirSync(join(root, 'docs/decisions')).filter((name) => /^\d{4}-/.test(name));
    expect(decisions.filter((name) => !list.includes(`(${name})`))).toEqual([]);
  });
});
