/** Lines to copy that send a program's requests by way of the capture proxy. Pure. */
import type { CaptureInfo, CaptureRoute } from '../../../shared/rpc/contract.ts';

export type Tool = 'python' | 'javascript' | 'curl' | 'agents';

export interface Line {
  readonly title: string;
  readonly text: string;
}

/** What a line is made of. */
interface Parts {
  /** The base URL as clients of this kind of server have it. */
  readonly url: string;
  /** The API key as the language writes it: the proxy's own where the route lends one, else undefined: the client has its own. */
  readonly key: string | undefined;
}

type KindLines = Readonly<Record<Tool, (parts: Parts) => readonly Line[]>>;

const VERSION = /\/v\d+(?:(?:alpha|beta)\d*)?\/?$/;
const json = (value: unknown): string => JSON.stringify(value);
const argument = (before: string, key: string | undefined): string =>
  key === undefined ? '' : `${before}${json(key)}`;
const header = (name: string, key: string | undefined, variable: string): string =>
  `-H "${name}${key ?? `$${variable}`}"`;

const ask = (model: string): string => json({ model, stream: true, messages: [{ role: 'user', content: 'Hello' }] });

const KINDS: Readonly<Record<string, KindLines>> = {
  openai: {
    python: ({ url, key }) => [
      { title: 'OpenAI', text: `client = OpenAI(base_url=${json(url)}${argument(', api_key=', key)})` },
    ],
    javascript: ({ url, key }) => [
      { title: 'OpenAI', text: `const client = new OpenAI({ baseURL: ${json(url)}${argument(', apiKey: ', key)} });` },
      {
        title: 'AI SDK',
        text: `const openai = createOpenAI({ baseURL: ${json(url)}${argument(', apiKey: ', key)} });`,
      },
    ],
    curl: ({ url, key }) => [
      {
        title: 'Chat Completions',
        text: `curl -N ${url}/chat/completions ${header('Authorization: Bearer ', key, 'OPENAI_API_KEY')} -H "Content-Type: application/json" -d '${ask('gpt-5')}'`,
      },
    ],
    agents: ({ url, key }) => [
      {
        title: 'Codex',
        text: `${key === undefined ? '' : `OPENAI_API_KEY=${key} `}codex -c model_provider=tracelane -c 'model_providers.tracelane={name="Tracelane", base_url=${json(url)}, wire_api="responses", env_key="OPENAI_API_KEY"}'`,
      },
      { title: 'aider', text: `aider --openai-api-base ${url}${key === undefined ? '' : ` --openai-api-key ${key}`}` },
    ],
  },
  anthropic: {
    python: ({ url, key }) => [
      { title: 'Anthropic', text: `client = Anthropic(base_url=${json(url)}${argument(', api_key=', key)})` },
    ],
    javascript: ({ url, key }) => [
      {
        title: 'Anthropic',
        text: `const client = new Anthropic({ baseURL: ${json(url)}${argument(', apiKey: ', key)} });`,
      },
      {
        title: 'AI SDK',
        text: `const anthropic = createAnthropic({ baseURL: ${json(`${url}/v1`)}${argument(', apiKey: ', key)} });`,
      },
    ],
    curl: ({ url, key }) => [
      {
        title: 'Messages',
        text: `curl -N ${url}/v1/messages ${header('x-api-key: ', key, 'ANTHROPIC_API_KEY')} -H "anthropic-version: 2023-06-01" -H "Content-Type: application/json" -d '${json({ model: 'claude-sonnet-4-5', max_tokens: 256, stream: true, messages: [{ role: 'user', content: 'Hello' }] })}'`,
      },
    ],
    agents: ({ url, key }) => [
      {
        title: 'Claude Code',
        text: `ANTHROPIC_BASE_URL=${url} ${key === undefined ? '' : `ANTHROPIC_API_KEY=${key} `}claude`,
      },
    ],
  },
  google: {
    python: ({ url, key }) => [
      {
        title: 'Gemini',
        text: `client = genai.Client(${argument('api_key=', key)}${key === undefined ? '' : ', '}http_options={"base_url": ${json(url)}})`,
      },
    ],
    javascript: ({ url, key }) => [
      {
        title: 'Gemini',
        text: `const ai = new GoogleGenAI({ apiKey: ${key === undefined ? 'process.env.GEMINI_API_KEY' : json(key)}, httpOptions: { baseUrl: ${json(url)} } });`,
      },
    ],
    curl: ({ url, key }) => [
      {
        title: 'streamGenerateContent',
        text: `curl -N "${url}/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse" ${header('x-goog-api-key: ', key, 'GEMINI_API_KEY')} -H "Content-Type: application/json" -d '${json({ contents: [{ role: 'user', parts: [{ text: 'Hello' }] }] })}'`,
      },
    ],
    agents: ({ url, key }) => [
      {
        title: 'Gemini CLI',
        text: `GOOGLE_GEMINI_BASE_URL=${url} ${key === undefined ? '' : `GEMINI_API_KEY=${key} `}gemini`,
      },
    ],
  },
  ollama: {
    python: ({ url }) => [{ title: 'Ollama', text: `client = ollama.Client(host=${json(url)})` }],
    javascript: ({ url }) => [{ title: 'Ollama', text: `const ollama = new Ollama({ host: ${json(url)} });` }],
    curl: ({ url }) => [{ title: 'Chat', text: `curl -N ${url}/api/chat -d '${ask('llama3.2')}'` }],
    agents: ({ url }) => [{ title: 'Ollama', text: `OLLAMA_HOST=${url} ollama run llama3.2` }],
  },
  bedrock: {
    python: ({ url }) => [
      { title: 'boto3', text: `client = boto3.client("bedrock-runtime", endpoint_url=${json(url)})` },
    ],
    javascript: ({ url }) => [
      { title: 'AWS SDK', text: `const client = new BedrockRuntimeClient({ endpoint: ${json(url)} });` },
    ],
    curl: ({ url, key }) => [
      {
        title: 'InvokeModelWithResponseStream',
        text: `curl -N ${url}/model/MODEL/invoke-with-response-stream ${header('Authorization: Bearer ', key, 'AWS_BEARER_TOKEN_BEDROCK')} -H "Content-Type: application/json" -d '${json({ anthropic_version: 'bedrock-2023-05-31', max_tokens: 256, messages: [{ role: 'user', content: 'Hello' }] })}'`,
      },
    ],
    agents: ({ url }) => [
      { title: 'Claude Code', text: `CLAUDE_CODE_USE_BEDROCK=1 ANTHROPIC_BEDROCK_BASE_URL=${url} claude` },
    ],
  },
};

/** Kinds whose clients have the version in their base URL. */
const VERSIONED: ReadonlySet<string> = new Set(['openai']);

/** The base URL of a route, as its clients have it; null while the proxy does not listen. */
export function clientUrl({ url }: Pick<CaptureInfo, 'url'>, { name, baseUrl, kind }: CaptureRoute): string | null {
  if (url === null) return null;
  const { pathname } = new URL(baseUrl);
  const versioned = VERSIONED.has(kind) && (pathname === '/' || VERSION.test(pathname));
  return `${url}${name}${versioned ? '/v1' : ''}`;
}

/** Empty for a kind that these lines do not know: its base URL is all there is to say. */
export function linesFor(info: CaptureInfo, route: CaptureRoute, tool: Tool): readonly Line[] {
  const url = clientUrl(info, route);
  if (url === null) return [];
  return KINDS[route.kind]?.[tool]({ url, key: route.lendsKey ? info.clientKey : undefined }) ?? [];
}
