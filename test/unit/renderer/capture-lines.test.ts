/** Lines to copy: the base URL as each client has it, and the proxy's own key only where a route lends one. */
import { describe, expect, test } from 'vitest';
import { clientUrl, linesFor, type Tool } from '../../../src/renderer/views/capture/lines.ts';
import type { CaptureInfo, CaptureRoute } from '../../../src/shared/rpc/contract.ts';
import { endpointKinds } from '../../../src/shared/providers/registry.ts';

const info: CaptureInfo = { url: 'http://127.0.0.1:4141/', routes: [], clientKey: 'tracelane-key' };
const route = (more: Partial<CaptureRoute> = {}): CaptureRoute => ({
  name: 'mine',
  baseUrl: 'https://api.example/v1',
  kind: 'openai',
  lendsKey: false,
  ...more,
});
const TOOLS: readonly Tool[] = ['python', 'javascript', 'curl', 'agents'];

test.each([
  ['openai', 'https://api.openai.com/v1', '/mine/v1'],
  ['openai', 'http://localhost:8000', '/mine/v1'],
  ['openai', 'https://x.azure.com/openai/deployments/d', '/mine'],
  ['anthropic', 'https://api.anthropic.com', '/mine'],
  ['google', 'https://generativelanguage.googleapis.com/v1beta', '/mine'],
])('the base URL of %s at %s ends in %s', (kind, baseUrl, end) => {
  expect(clientUrl(info, route({ kind, baseUrl }))).toBe(`http://127.0.0.1:4141${end}`);
});

describe.each(endpointKinds().map(({ id }) => id))('%s', (kind) => {
  test.each(TOOLS)('has a line for %s, with its address', (tool) => {
    const lines = linesFor(info, route({ kind }), tool);
    expect(lines.length).toBeGreaterThan(0);
    for (const { text } of lines) {
      expect(text).toContain('http://127.0.0.1:4141/mine');
      expect(text).not.toContain('tracelane-key');
    }
  });
});

test('a route that lends a key shows the proxy’s own', () => {
  for (const tool of TOOLS)
    for (const { text } of linesFor(info, route({ lendsKey: true }), tool)) expect(text).toContain('tracelane-key');
});

test('without a proxy there is nothing to copy', () => {
  expect(linesFor({ ...info, url: null }, route(), 'curl')).toEqual([]);
  expect(linesFor(info, route({ kind: 'of-a-later-version' }), 'curl')).toEqual([]);
});
