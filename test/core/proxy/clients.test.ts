/**
 * Clients in other languages, where they are installed: what each prints is what it got, and its exchange is complete and unchanged.
 * TRACELANE_PYTHON names the Python that has the SDKs.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { readAll } from '../../../src/shared/compare/read-all.ts';
import { contentsOf } from '../../../src/shared/pairing/content.ts';
import { bodyOf, captured, proxyUrl } from '../../support/captured.ts';
import { pythonWith } from '../../support/capture-command.ts';
import { cores } from '../../support/core.ts';
import { laneSetup } from '../../support/wire.ts';

const { open, dataDir } = cores();

/** Prints the text of an answer, piece by piece. Each has the address of its route as its last argument. */
const PYTHON = {
  openai: `import openai
client = openai.OpenAI(api_key='sk-0123456789abcdef', base_url=url)
for chunk in client.chat.completions.create(model='plain-text', stream=True, messages=[{'role': 'user', 'content': 'By Python.'}]):
  if chunk.choices: print(chunk.choices[0].delta.content or '', end='')`,
  anthropic: `import anthropic
client = anthropic.Anthropic(api_key='sk-0123456789abcdef', base_url=url)
with client.messages.stream(model='plain-text', max_tokens=100, messages=[{'role': 'user', 'content': 'By Python.'}]) as stream:
  for text in stream.text_stream: print(text, end='')`,
  litellm: `import litellm
for chunk in litellm.completion(model='openai/plain-text', api_key='sk-0123456789abcdef', api_base=url, stream=True, messages=[{'role': 'user', 'content': 'By Python.'}]):
  print(chunk.choices[0].delta.content or '', end='')`,
  'google.genai': `from google import genai
client = genai.Client(api_key='AIza0123456789abcdef', http_options={'base_url': url, 'api_version': 'v1beta'})
for chunk in client.models.generate_content_stream(model='plain-text', contents='By Python.'): print(chunk.text or '', end='')`,
  ollama: `import ollama
for chunk in ollama.Client(host=url).chat(model='plain-text', stream=True, messages=[{'role': 'user', 'content': 'By Python.'}]):
  print(chunk.message.content or '', end='')`,
} as const;

const ROUTES: Readonly<Record<keyof typeof PYTHON, string>> = {
  openai: 'sample-openai/v1',
  anthropic: 'sample-anthropic',
  litellm: 'sample-openai/v1',
  'google.genai': 'sample-google',
  ollama: 'sample-ollama',
};

async function printed(command: string, args: readonly string[]): Promise<string> {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, errors, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  expect([code, errors]).toEqual([0, expect.any(String)]);
  return out.trim();
}

for (const name of Object.keys(PYTHON) as (keyof typeof PYTHON)[]) {
  const python = pythonWith(name);
  test.skipIf(!python)(`${name} for Python${python ? '' : ' (skipped: it is not installed)'}`, async () => {
    const core = await open(join(dataDir, name));
    const url = `${proxyUrl(core)}/${ROUTES[name]}`;
    const said = await printed(python!, ['-c', `import sys\nurl = sys.argv[1]\n${PYTHON[name]}`, url]);
    const [trace] = await captured(core);
    expect(trace).toMatchObject({ title: 'By Python.', ending: { state: 'complete' } });
    const { certificate } = trace!.capture!;
    for (const crossing of [certificate!.request, certificate!.answer]) expect(crossing.in).toEqual(crossing.out);
    const read = contentsOf(readAll(await bodyOf(core, trace!), laneSetup(trace!.api)));
    expect(read.map((content) => content.text)).toContain(said);
  });
}
