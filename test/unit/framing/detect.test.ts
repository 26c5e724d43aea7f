import { EventStreamCodec } from '@smithy/eventstream-codec';
import { describe, expect, test } from 'vitest';
import { framingOf } from '../../../src/shared/framing/detect.ts';
import { bytesOf } from '../../support/framing.ts';

const codec = new EventStreamCodec(String, bytesOf);
const message = codec.encode({ headers: {}, body: bytesOf('{}') });

describe('the framing of a body', () => {
  test.each([
    ['data: {}\n\n', 'sse'],
    ['\uFEFF\n\nevent: ping\n', 'sse'],
    [': keep-alive', 'sse'],
    ['{"a":1}\n{"b":2', 'json-lines'],
    ['\n{"a":{"b":[1]}} \r\n\r\n{', 'json-lines'],
    ['{\n  "a": [\n    {"b": 1},\n    {"c": 2}\n  ]\n}\n', null],
    ['{"error":"no"}', null],
    ['<!doctype html>', null],
    ['database: x', null],
    ['', null],
  ])('%j is told by its first bytes: %s', (body, framing) => {
    expect(framingOf(null, bytesOf(body))).toBe(framing);
  });

  test('a prelude with its checksum is an event stream, whatever the header says', () => {
    expect(framingOf('text/event-stream', message)).toBe('aws-eventstream');
  });

  test.each([
    ['text/event-stream; charset=utf-8', 'sse'],
    ['Application/X-NDJSON', 'json-lines'],
    ['application/vnd.amazon.eventstream', 'aws-eventstream'],
    ['application/json', null],
  ])('the content type %s says it where the bytes do not', (contentType, framing) => {
    expect(framingOf(contentType, bytesOf('{"a":1}'))).toBe(framing);
  });

  test('the bytes decide against the content type', () => {
    expect(framingOf('application/x-ndjson', bytesOf('data: {}\n\n'))).toBe('sse');
  });
});
