/** Each sample over each API, told to the providers' own SDKs over real HTTP: they must hear what the scenario says. */
import type { ChatCompletion, ChatCompletionChunk } from 'openai/resources/chat/completions';
import { describe, expect, test } from 'vitest';
import { apisOf, SCENARIOS } from '../../../src/main/core/samples/scenarios.ts';
import { textOf, type Part, type Scenario } from '../../../src/main/core/providers/sample/scenario.ts';
import { APIS, type Api } from '../../support/apis.ts';
import { asking, scenario, useProvider, type Provider } from '../../support/samples.ts';

interface Heard {
  readonly text: string;
  readonly reasoning: string;
  readonly calls: readonly { readonly name: string; readonly arguments: unknown }[];
  readonly finish: string;
  readonly usage: { readonly input: number; readonly output: number };
}

/** What the SDK's own accumulator gives at the end of the stream. */
const HEAR: Readonly<Record<Api, (provider: Provider, request: never) => Promise<Heard>>> = {
  async chat_completions({ openai }, request) {
    const stream = openai.chat.completions.stream(request);
    // The SDK does not know this field: of its pieces, it keeps the last.
    let reasoning = '';
    stream.on(
      'chunk',
      (chunk) =>
        (reasoning += (chunk.choices[0]?.delta as { reasoning_content?: string } | undefined)?.reasoning_content ?? ''),
    );
    const {
      choices: [choice],
      usage,
    } = (await stream.finalChatCompletion()) as ChatCompletion;
    const { message } = choice!;
    return {
      text: message.content ?? '',
      reasoning,
      calls: (message.tool_calls ?? []).flatMap((call) =>
        call.type === 'function'
          ? [{ name: call.function.name, arguments: JSON.parse(call.function.arguments) as unknown }]
          : [],
      ),
      finish: choice!.finish_reason,
      usage: { input: usage!.prompt_tokens, output: usage!.completion_tokens },
    };
  },
  async responses({ openai }, request) {
    const { output, status, usage } = await openai.responses.stream(request).finalResponse();
    return {
      text: output
        .flatMap((item) =>
          item.type === 'message' ? item.content.map((part) => (part.type === 'output_text' ? part.text : '')) : [],
        )
        .join(''),
      reasoning: output
        .flatMap((item) => (item.type === 'reasoning' ? item.summary.map(({ text }) => text) : []))
        .join('\n\n'),
      calls: output.flatMap((item) =>
        item.type === 'function_call' ? [{ name: item.name, arguments: JSON.parse(item.arguments) as unknown }] : [],
      ),
      finish: status!,
      usage: { input: usage!.input_tokens, output: usage!.output_tokens },
    };
  },
  async messages({ anthropic }, request) {
    // The beta helper knows the blocks of server tools.
    const { content, stop_reason: finish, usage } = await anthropic.beta.messages.stream(request).finalMessage();
    return {
      text: content.map((block) => (block.type === 'text' ? block.text : '')).join(''),
      reasoning: content.map((block) => (block.type === 'thinking' ? block.thinking : '')).join(''),
      calls: content.flatMap((block) =>
        block.type === 'tool_use' ? [{ name: block.name, arguments: block.input }] : [],
      ),
      finish: finish!,
      usage: { input: usage.input_tokens, output: usage.output_tokens },
    };
  },
};

const FINISH: Readonly<Record<Api, readonly [text: string, tool: string]>> = {
  chat_completions: ['stop', 'tool_calls'],
  responses: ['completed', 'completed'],
  messages: ['end_turn', 'tool_use'],
};

const said = ({ output }: Scenario, type: 'text' | 'reasoning'): string =>
  output.flatMap((part: Part) => (part.type === type ? [textOf(part)] : [])).join('');
const cases = SCENARIOS.flatMap((one) =>
  APIS.filter((api) => apisOf(one).includes(api)).map((api) => ({ model: one.model, api, ending: one.ending })),
);
const provider = useProvider();

describe.each(cases.filter(({ ending }) => !ending))('$model over $api', ({ model, api }) => {
  const { output } = scenario(model);

  test('gives the SDK the whole content', async () => {
    const heard = await HEAR[api](provider, asking(model, api).request as never);
    const calls = output.flatMap((part) =>
      part.type === 'tool' ? [{ name: part.name, arguments: part.arguments }] : [],
    );
    expect(heard).toMatchObject({
      text: said(scenario(model), 'text'),
      reasoning: said(scenario(model), 'reasoning'),
      calls,
      finish: FINISH[api][calls.length > 0 ? 1 : 0],
    });
    expect(heard.usage.input).toBeGreaterThan(0);
    expect(heard.usage.output).toBeGreaterThan(0);
  });

  test('gives the same content in one piece without stream', async () => {
    const { format, request } = asking(model, api);
    const response = await provider.post(api, { ...request, stream: false });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(await response.json()).toEqual(format.answer(scenario(model), request).body);
  });
});

test('a local server says the tool’s name in every fragment', async () => {
  const names: string[] = [];
  for await (const chunk of (await provider.openai.chat.completions.create(
    asking('name-repeated', 'chat_completions').request as never,
  )) as unknown as AsyncIterable<ChatCompletionChunk>) {
    names.push(...(chunk.choices[0]?.delta.tool_calls ?? []).map((call) => call.function!.name!));
  }
  expect(names.length).toBeGreaterThan(2);
  expect(new Set(names)).toEqual(new Set(['search']));
});

test('a web search comes with its results and citations', async () => {
  const { content, usage } = await provider.anthropic.beta.messages
    .stream(asking('web-search', 'messages').request as never)
    .finalMessage();
  expect(content.slice(0, 2).map(({ type }) => type)).toEqual(['server_tool_use', 'web_search_tool_result']);
  expect(content[0]).toMatchObject({
    name: 'web_search',
    input: { query: expect.stringContaining('eclipse') as string },
  });
  const cited = content.flatMap((block) => (block.type === 'text' ? (block.citations ?? []) : []));
  expect(cited.map((citation) => 'url' in citation && citation.url)).toEqual([
    'https://observatory.example/eclipses/2026-08-12',
    'https://skyalmanac.example/spain-2026',
    'https://horizons.example/guide/low-eclipse',
  ]);
  expect(usage.server_tool_use).toMatchObject({ web_search_requests: 1 });
});

describe.each(cases.filter(({ ending }) => ending?.type === 'error'))('$model over $api', ({ api, model }) => {
  test('the SDK fails with the provider’s error after some of the text', async () => {
    const { format, request } = asking(model, api);
    const body = await (await provider.post(api, request)).text();
    expect(body).toContain('mountain');
    expect(body).not.toMatch(/\[DONE\]|message_stop|response\.completed/);
    await expect(HEAR[api](provider, request as never)).rejects.toThrow(/overloaded/i);
    const whole = await provider.post(api, { ...request, stream: false });
    expect(whole.status).toBe(format.error('overloaded', '').status);
  });
});

describe.each(cases.filter(({ ending }) => ending?.type === 'cut'))('$model over $api', ({ api, model }) => {
  test('the body ends properly, in the middle of an event', async () => {
    const { format, request } = asking(model, api);
    const body = await (await provider.post(api, request)).text();
    const whole = format
      .answer(scenario(model), request)
      .frames.map(({ bytes }) => new TextDecoder().decode(bytes))
      .join('');
    expect(whole.startsWith(body)).toBe(true);
    expect(body).not.toMatch(/\n\n$/);
    await expect(HEAR[api](provider, request as never)).rejects.toThrow();
    await expect(
      provider.post(api, { ...request, stream: false }).then((response) => response.json()),
    ).rejects.toThrow();
  });
});

test.each(['chat_completions', 'responses', 'messages'] as const)(
  'the long answer has more than 2,000 events over %s',
  async (api) => {
    const body = await (await provider.post(api, asking('long-answer', api).request)).text();
    expect(body.split('\n\n').length).toBeGreaterThan(2_000);
  },
);

test.each(cases)('$model over $api: the same request gives the same bytes, in other reads', async ({ model, api }) => {
  const { request } = asking(model, api);
  const [first, second] = await Promise.all(
    [provider.post(api, request), provider.post(api, request)].map(async (response) => (await response).text()),
  );
  expect(first).toBe(second);
});
