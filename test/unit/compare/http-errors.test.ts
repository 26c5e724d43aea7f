/** The answer of an endpoint that refused: it ends as one, from a file as in a run, and no lane is blamed for what it never got. */
import { describe, expect, it } from 'vitest';
import { cellStandings } from '../../../src/shared/compare/cell-standing.ts';
import { nothingToCompare } from '../../../src/shared/compare/equality.ts';
import { compareLanes } from '../../../src/shared/compare/lanes.ts';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import { joined } from '../../../src/main/core/imports/body.ts';
import { recognize } from '../../../src/main/core/imports/recognize.ts';
import { differs } from '../../../src/shared/model/findings.ts';
import type { Api } from '../../../src/shared/model/stream.ts';
import { laneSetup } from '../../support/lanes.ts';

const APIS: readonly Api[] = ['chat_completions', 'responses', 'messages', 'gemini', 'ollama_chat', 'bedrock'];

/** As `curl -i` prints them. */
const ANSWERS: readonly (readonly [name: string, head: string, body: string, says: RegExp])[] = [
  [
    'JSON',
    '429 Too Many Requests',
    '{"error":{"message":"Rate limit reached","type":"requests"}}',
    /HTTP 429.*Rate limit/,
  ],
  [
    'JSON over lines',
    '400 Bad Request',
    '{\n  "error": {\n    "message": "No such model"\n  }\n}\n',
    /HTTP 400.*No such model/,
  ],
  ['a list with an error', '503 Service Unavailable', '[{"error":{"code":503,"message":"Overloaded"}}]', /HTTP 503/],
  ['a page', '502 Bad Gateway', '<html><body>Bad gateway</body></html>', /HTTP 502.*page/],
  ['a sentence', '500 Internal Server Error', 'Internal Server Error', /HTTP 500/],
  ['nothing', '504 Gateway Timeout', '', /HTTP 504/],
];

describe.each(APIS)('%s', (api) => {
  it.each(ANSWERS)(
    '%s is an HTTP error with its message, and nothing is said to be lost',
    (_name, head, body, says) => {
      const printed = new TextEncoder().encode(`HTTP/1.1 ${head}\r\nContent-Type: text/plain\r\n\r\n${body}`);
      const [stream] = recognize('error.txt', printed, api).streams;
      const { reads, repaired, response } = stream!;
      expect(repaired).toEqual([]);
      const bytes = joined(reads);
      expect(new TextDecoder().decode(bytes)).toBe(body);
      const input = readAll(bytes, laneSetup(api), { head: response! });
      const { ending, findings, lint } = compareLanes(input);
      expect(ending).toMatchObject({ state: 'http-error', rule: expect.stringMatching(says) });
      expect(findings).toEqual([]);
      // Known of the ending alone, before there is a comparison.
      const nothing = nothingToCompare(input);
      expect(nothing).not.toBeNull();
      const { grid } = input;
      const known = { rows: [], findings: [], nothing };
      for (const lane of Object.keys(input.adapters))
        expect(cellStandings(grid.rows, lane, known, grid.errorEvent(lane)).filter(differs)).toEqual([]);
      expect(lint.filter(({ rule }) => rule === 'no-terminator')).toEqual([]);
    },
  );
});
