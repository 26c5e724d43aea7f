/** docs/lint.md, from the data of the rules. */
import { exampleApi, lint, rulesOf } from '../../src/shared/compare/lint.ts';
import { ANY_API_RULES } from '../../src/shared/lint/any-api.ts';
import { exampleBytesNote, exampleLines, type ExampleLine } from '../../src/shared/lint/example-lines.ts';
import type { LintRule } from '../../src/shared/lint/rule.ts';
import type { Api } from '../../src/shared/model/stream.ts';
import { providerOf, PROVIDERS } from '../../src/shared/providers/registry.ts';
import { exampleBytes } from './lint-example.ts';
import { runWire } from './wire.ts';

const INTRO = `# Lint

What the lint says of a stream is shown in the Lint tab of the inspector, by \`tracelane compare\`, and in exported comparisons. Each
remark says what was seen and where it was seen first, what clients make of it, and the next step. What shows many times is one
remark with a count. The worst remarks come first.

Each rule has two severities. The strict profile judges by the provider's own documentation; the lenient profile lets pass
what compatible servers commonly do without harm. Tracelane uses the strict profile.

In the examples, lines marked \`-\` stand in a body that breaks the rule, lines marked \`+\` in the nearest body that keeps it,
and all others in both. \`␍\` is a carriage return.

This page is generated from the rules. After a change of a rule, \`npm run test:unit -- test/unit/lint/page.test.ts -u\` writes it anew.
`;

const MARKS: Readonly<Record<ExampleLine['kind'], string>> = { both: '  ', breaks: '- ', keeps: '+ ', fold: '  … ' };

const shown = (text: string): string =>
  text.replaceAll('\r', '␍').replaceAll('\uFEFF', '<U+FEFF>').replaceAll('\u2028', '<U+2028>');

function section(rule: LintRule, apis: string): string {
  const { id, strict, lenient, help, example, comesWith = [] } = rule;
  const remark = lint(runWire(exampleApi(example), exampleBytes(example)), 'strict', {
    offered: example.offered,
  }).find((one) => one.rule === id)!;
  const offered = example.offered?.map(
    ({ name, required }) => `\`${name}\`${required.length > 0 ? `, which requires \`${required.join('`, `')}\`` : ''}`,
  );
  const notes = [
    offered && `The request of the example offers ${offered.join('; ')}.`,
    exampleBytesNote(example),
    comesWith.length > 0 &&
      `The example breaks ${comesWith.map((other) => `[${other}](#${other})`).join(', ')} as well.`,
  ].filter((note) => typeof note === 'string');
  return [
    `### ${id}`,
    `${strict}${lenient === strict ? '' : `, lenient: ${lenient ?? 'nothing'}`} · ${apis}`,
    help,
    `> ${remark.sentence}`,
    `\`\`\`diff\n${exampleLines(rule)
      .map(({ kind, text }) => `${MARKS[kind]}${shown(text)}`.trimEnd())
      .join('\n')}\n\`\`\``,
    ...(notes.length > 0 ? [notes.join(' ')] : []),
  ].join('\n\n');
}

/** Rules that several APIs list are told once, with the APIs. */
export function lintPage(): string {
  const apisOf = new Map<string, Api[]>();
  const first = new Map<string, LintRule>();
  for (const api of PROVIDERS.keys()) {
    for (const rule of providerOf(api).rules) {
      if (!first.has(rule.id)) first.set(rule.id, rule);
      apisOf.set(rule.id, [...(apisOf.get(rule.id) ?? []), api]);
    }
  }
  const labels = (id: string): string =>
    apisOf
      .get(id)!
      .map((api) => providerOf(api).label)
      .join(', ');
  const byApis = Map.groupBy(first.values(), ({ id }) => labels(id));
  const groups = [
    ['Any API', ANY_API_RULES, 'any API'] as const,
    ...[...byApis].map(([apis, rules]) => [apis, rules, apis] as const),
  ];
  return `${[
    INTRO.trimEnd(),
    ...groups.flatMap(([title, rules, apis]) => [`## ${title}`, ...rules.map((rule) => section(rule, apis))]),
  ].join('\n\n')}\n`;
}

/** Ids of all rules. */
export const ruleIds = (): readonly string[] => [
  ...new Set([...PROVIDERS.keys()].flatMap((api) => rulesOf(api).map(({ id }) => id))),
];
