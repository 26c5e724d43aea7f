/** How what came differs from what was sent. */
import type { Field } from '../proxy/http/head.ts';
import type { Finding } from './bench.ts';
import { count, counted } from '../../../shared/text/count.ts';

/** Of the bytes of a body. */
export function bodyFindings(sent: Uint8Array, came: Uint8Array): readonly Finding[] {
  const [a, b] = [Buffer.from(sent), Buffer.from(came)];
  if (a.equals(b)) return [];
  if (b.length < a.length && a.subarray(0, b.length).equals(b))
    return [
      {
        fault: 'dropped',
        sentence: `${count(a.length - b.length)} of the body's ${counted(a.length, 'byte')} did not come.`,
      },
    ];
  if (b.length > a.length && b.subarray(0, a.length).equals(a))
    return [
      {
        fault: 'rewrote',
        sentence: `${counted(b.length - a.length, 'byte')} came that ${b.length - a.length === 1 ? 'was' : 'were'} not sent: ${quoted(b.subarray(a.length))}`,
      },
    ];
  const at = a.findIndex((byte, i) => byte !== b[i]);
  return [
    {
      fault: 'rewrote',
      sentence: `The body's bytes differ from byte ${at} on: ${quoted(a.subarray(at))} became ${quoted(b.subarray(at))}.`,
    },
  ];
}

/** Fields that belong to one connection, or to its framing: others are compared. */
const OF_A_CONNECTION =
  /^(?:host|connection|keep-alive|proxy-connection|transfer-encoding|te|trailer|upgrade|content-length|date)$/;

/** Of the fields of a head. */
export function fieldFindings(sent: readonly Field[], came: readonly Field[]): readonly Finding[] {
  const [a, b] = [compared(sent), compared(came)];
  const findings: Finding[] = [];
  const say = (fault: Finding['fault'], what: string, names: readonly string[]): void => {
    if (names.length > 0) findings.push({ fault, sentence: `${what}: ${[...new Set(names)].join(', ')}.` });
  };
  const valuesIn = (fields: readonly Field[], name: string): readonly string[] =>
    fields.filter((field) => lower(field) === name).map(({ value }) => value);
  const names = [...new Set(a.map(lower))];
  say(
    'dropped',
    'Fields did not come',
    names.filter((name) => valuesIn(b, name).length === 0),
  );
  say(
    'rewrote',
    'Fields came that were not sent',
    b.map(lower).filter((name) => !names.includes(name)),
  );
  const both = names.filter((name) => valuesIn(b, name).length > 0);
  const changed = both.filter((name) => valuesIn(a, name).join('\n') !== valuesIn(b, name).join('\n'));
  say('rewrote', 'Fields came with other values', changed);
  const spelled = (fields: readonly Field[]): readonly string[] =>
    fields.filter((field) => both.includes(lower(field))).map(({ name }) => name);
  if (changed.length === 0) {
    const [mine, theirs] = [spelled(a), spelled(b)];
    if (mine.map((name) => name.toLowerCase()).join() !== theirs.map((name) => name.toLowerCase()).join())
      findings.push({ fault: 'rewrote', sentence: 'Fields came in another order.' });
    else if (mine.join() !== theirs.join())
      findings.push({ fault: 'rewrote', sentence: 'Names of fields came with other capitals.' });
  }
  return findings;
}

const lower = ({ name }: Field): string => name.toLowerCase();
const compared = (fields: readonly Field[]): readonly Field[] =>
  fields.filter((field) => !OF_A_CONNECTION.test(lower(field)));

const quoted = (bytes: Buffer): string => {
  const text = bytes.subarray(0, 40).toString('latin1');
  return JSON.stringify(text) + (bytes.length > 40 ? ' …' : '');
};
