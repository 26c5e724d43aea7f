/** What is taken out of heads, addresses and bodies before anything is kept, and what is left alone. */
import fc from '../support/properties.ts';
import { describe, expect, test } from 'vitest';
import { credentialHeader, isSecretHeader, Redaction, secretsIn } from '../../src/main/core/capture/secrets.ts';
import { endpointKinds } from '../../src/shared/providers/registry.ts';

const redaction = new Redaction('marker-key-0123456789');

const KEYED = endpointKinds().filter(({ credential }) => credential !== null);
test.each(KEYED)('the header that carries the key of an endpoint of type $id is a secret', ({ id }) => {
  const [name, value] = credentialHeader(id, 'some-key')!;
  expect(isSecretHeader(name)).toBe(true);
  expect(JSON.stringify(redaction.headers([[name, value]]))).not.toContain('some-key');
});

describe('L1 headers', () => {
  const NAMES = [
    'authorization',
    'x-api-key',
    'api-key',
    'cookie',
    'set-cookie',
    'proxy-authorization',
    'openai-organization',
    'X-Goog-Api-Key',
    'x-vendor-secret',
    'X-Other-Access-Token',
  ];

  test.each(
    NAMES.flatMap((name) => [name, name.toUpperCase(), name.replaceAll(/\b[a-z]/g, (letter) => letter.toUpperCase())]),
  )('%s, also twice', (name) => {
    expect(
      redaction.headers([
        [name, 'abc'],
        ['accept', '*/*'],
        [name, 'defgh'],
      ]),
    ).toEqual([
      [name, '<redacted 3 chars>'],
      ['accept', '*/*'],
      [name, '<redacted 5 chars>'],
    ]);
  });
  test('the kind of a credential stays', () => {
    expect(redaction.headers([['Authorization', `Bearer ${'k'.repeat(51)}`]])).toEqual([
      ['Authorization', 'Bearer <redacted 51 chars>'],
    ]);
  });
  test.each([
    'x-ratelimit-remaining-tokens',
    'content-type',
    'www-authenticate',
    'retry-after',
    'anthropic-beta',
    'x-request-id',
  ])('%s stays', (name) => {
    expect(redaction.headers([[name, 'value']])).toEqual([[name, 'value']]);
  });
  test('a key in the value of any other', () => {
    expect(redaction.headers([['x-note', 'for marker-key-0123456789 only']])).toEqual([
      ['x-note', 'for <redacted 21 chars> only'],
    ]);
  });
});

test.each([
  ['https://api.test/v1/x?key=abc&api-version=2', 'https://api.test/v1/x?key=<redacted 3 chars>&api-version=2'],
  [
    'https://api.test/v1/x?API_KEY=abc&access_token=d#f',
    'https://api.test/v1/x?API_KEY=<redacted 3 chars>&access_token=<redacted 1 chars>#f',
  ],
  ['https://api.test/marker-key-0123456789/x?beta=true', 'https://api.test/<redacted 21 chars>/x?beta=true'],
  ['https://user:word@api.test/', 'https://redacted:redacted@api.test/'],
  ['https://api.test/v1/messages?beta=true', 'https://api.test/v1/messages?beta=true'],
])('the address %s', (address, kept) => {
  expect(redaction.url(address)).toBe(kept);
});

describe('L2 bodies', () => {
  const KEYS = [
    `sk-${'a1'.repeat(24)}`,
    `sk-proj-${'A_b-9'.repeat(12)}`,
    `sk-ant-api03-${'x'.repeat(80)}`,
    `sk-or-v1-${'0f'.repeat(32)}`,
    `gsk_${'Q'.repeat(52)}`,
    `xai-${'z'.repeat(80)}`,
    `hf_${'h'.repeat(34)}`,
    `AIza${'S'.repeat(35)}`,
    'AKIAIOSFODNN7EXAMPLE',
    `ghp_${'g'.repeat(36)}`,
    `github_pat_${'p'.repeat(40)}`,
    `eyJ${'h'.repeat(20)}.eyJ${'p'.repeat(20)}.${'s'.repeat(20)}`,
  ];
  test.each(KEYS)('a key that looks like one: %s', (key) => {
    const body = { messages: [{ role: 'user', content: `My key:\n${key}\tand ${key}.` }], metadata: { [key]: key } };
    const kept = `<redacted ${key.length} chars>`;
    expect(redaction.json(body)).toEqual({
      messages: [{ role: 'user', content: `My key:\n${kept}\tand ${kept}.` }],
      metadata: { [kept]: kept },
    });
  });
  test('the keys of other servers, by the names of their fields', () => {
    const body = {
      tools: [{ type: 'mcp', authorization: 'abc', headers: { Authorization: 'Bearer abcd', 'X-Api-Key': 'e' } }],
      mcp_servers: [{ authorization_token: 'fg' }],
    };
    expect(redaction.json(body)).toEqual({
      tools: [
        {
          type: 'mcp',
          authorization: '<redacted 3 chars>',
          headers: { Authorization: 'Bearer <redacted 4 chars>', 'X-Api-Key': '<redacted 1 chars>' },
        },
      ],
      mcp_servers: [{ authorization_token: '<redacted 2 chars>' }],
    });
  });
  test('addresses with a key in them, and lists of secrets', () => {
    const body = {
      tools: [{ type: 'mcp', server_url: 'https://u:p@h.test/x?api_key=abc&page=2', password: ['a', 'bc'] }],
      image_url: 'https://h.test',
      text: 'see https://h.test?key=1',
    };
    expect(redaction.json(body)).toEqual({
      tools: [
        {
          type: 'mcp',
          server_url: 'https://redacted:redacted@h.test/x?api_key=<redacted 3 chars>&page=2',
          password: ['<redacted 1 chars>', '<redacted 2 chars>'],
        },
      ],
      image_url: 'https://h.test',
      text: 'see https://h.test?key=1',
    });
  });
  test('words, schemas and numbers stay', () => {
    const body = {
      max_tokens: 12,
      eos_token: '</s>',
      tools: [{ parameters: { properties: { password: { type: 'string' }, api_key: { type: 'string' } } } }],
      content: 'task-oriented, risk-averse sk-learn; sk-short; a base64 ABsk-x0123456789abcdefghij',
      logit_bias: { 50256: -100 },
      nothing: null,
    };
    expect(redaction.json(body)).toEqual(body);
  });
  test('a field named __proto__ is a field', () => {
    const kept = redaction.json(JSON.parse('{"__proto__": {"content": "marker-key-0123456789"}}')) as object;
    expect(JSON.stringify(kept)).toBe('{"__proto__":{"content":"<redacted 21 chars>"}}');
    expect(Object.getPrototypeOf(kept)).toBe(Object.prototype);
  });
  test('the keys that a request brings along are those of its heads and its address', () => {
    const headers = [
      ['Authorization', 'Bearer the-first-key'],
      ['x-api-key', 'the-second-key'],
      ['X-Vendor-Token', 'short'],
      ['user-agent', 'none of them'],
    ] as const;
    const keys = secretsIn(headers, 'https://a.example/v1?alt=sse&key=the-third%2Fkey');
    expect(keys).toEqual(['the-first-key', 'the-second-key', 'the-third/key']);
    expect(new Redaction(...keys).text('the-first-key the-second-key the-third%2Fkey the-third/key')).toBe(
      '<redacted 13 chars> <redacted 14 chars> <redacted 15 chars> <redacted 13 chars>',
    );
  });
  test('a short key is no reason to take words out of texts', () => {
    expect(new Redaction('none').text('none of it')).toBe('none of it');
  });
});

test('the endpoint’s own key is nowhere in what is kept, and what does not hold it is as it was', () => {
  const key = fc.stringMatching(/^[a-z]{8,40}$/);
  // No letter of a key is in them, so that none is in there by chance.
  const innocent = fc.jsonValue({ maxDepth: 3 }).map(
    (value) =>
      JSON.parse(
        JSON.stringify(value)
          .toUpperCase()
          .replaceAll(/TRUE|FALSE|NULL/g, (word) => word.toLowerCase())
          .replaceAll(/\\U(?=[0-9A-F]{4})/g, '\\u')
          .replaceAll(/\\[BFNRT]/g, (escape) => escape.toLowerCase()),
      ) as unknown,
  );
  const holding = (own: string): fc.Arbitrary<unknown> =>
    fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        tie('text'),
        fc.array(tie('node'), { minLength: 1, maxLength: 3 }),
        tie('object'),
      ),
      text: fc
        .tuple(fc.constantFrom('', '\n', '"', '\\', ' '), fc.constantFrom('', '\t', '\u2028', '.'))
        .map(([before, after]) => before + own + after),
      object: fc.dictionary(fc.constantFrom('content', `x ${own}`), tie('node'), { minKeys: 1, maxKeys: 2 }),
    })).node;
  fc.assert(
    fc.property(
      key.chain((own) => fc.tuple(fc.constant(own), holding(own))),
      innocent,
      ([own, held], value) => {
        const redaction = new Redaction(own);
        expect(JSON.stringify(redaction.json(held))).not.toContain(own);
        expect(redaction.json(value)).toEqual(value);
      },
    ),
    { numRuns: 300 },
  );
});

test('what was written and changed of a request is redacted with its head, also where it is no JSON', () => {
  const key = 'sk-proj-0123456789abcdefghij';
  const head = { method: 'POST', url: 'not an address', headers: [] };
  const change = {
    id: 'headers.x-api-key',
    where: 'headers',
    name: 'x-api-key',
    value: 'some key',
    why: 'It is needed.',
  } as const;
  const body = {
    id: 'body.user',
    where: 'body',
    name: 'user',
    value: JSON.stringify(key),
    why: 'It is needed.',
  } as const;
  for (const written of [`{"api_key": "k1", "b":  "${key}"}`, `{ ${key}`]) {
    const clean = JSON.stringify(redaction.requestHead({ ...head, written, changes: [change, body] }));
    for (const secret of [key, '"k1', 'some key']) expect(clean).not.toContain(secret);
    expect(clean).toContain(written.startsWith('{"') ? '\\"b\\":  \\"<redacted' : '{ <redacted');
  }
});

test('redacting once more changes nothing', () => {
  const address = fc
    .tuple(
      fc.webUrl({ withQueryParameters: true }),
      fc.constantFrom('', 'key=abc', 'a=1&api_key=x%20y', 'token=<b>&c=%3Cd%3E'),
    )
    .map(([base, query]) => (query === '' ? base : `${base.split('?')[0]}?${query}`));
  const headers = fc.array(fc.tuple(fc.constantFrom('authorization', 'x-api-key', 'x-note'), fc.string()));
  fc.assert(
    fc.property(address, headers, fc.jsonValue(), (url, list, json) => {
      const once = {
        url: redaction.url(url),
        list: redaction.headers(list),
        json: redaction.json({ token: json, secret: url }),
      };
      expect(redaction.url(once.url)).toBe(once.url);
      expect(redaction.headers(once.list)).toEqual(once.list);
      expect(redaction.json(once.json)).toEqual(once.json);
    }),
  );
});

describe('R17', () => {
  const cookie = 'session=0123456789abcdef';
  const request = {
    tools: [
      {
        headers: [
          ['Cookie', cookie],
          ['Accept', '*/*'],
        ],
      },
      {
        headers: [
          { name: 'X-Api-Key', value: 'abc' },
          { key: 'Authorization', value: 'Bearer abcd' },
        ],
      },
      { env: [{ name: 'LANG', value: 'C' }] },
    ],
  };
  const kept = {
    tools: [
      {
        headers: [
          ['Cookie', '<redacted 24 chars>'],
          ['Accept', '*/*'],
        ],
      },
      {
        headers: [
          { name: 'X-Api-Key', value: '<redacted 3 chars>' },
          { key: 'Authorization', value: 'Bearer <redacted 4 chars>' },
        ],
      },
      { env: [{ name: 'LANG', value: 'C' }] },
    ],
  };
  test('headers as pairs in a request, and in the text that it was written as', () => {
    expect(redaction.json(request)).toEqual(kept);
    expect(redaction.jsonText(JSON.stringify(request, null, 2))).toBe(JSON.stringify(kept, null, 2));
    // Three that only begin like one, and one that names another header.
    const others = [['Cookie', 'a', 'b'], ['cookies', 'a'], 'Cookie', { name: 'cookie', text: 'a' }];
    expect(redaction.json(others)).toEqual(others);
    expect(redaction.jsonText(JSON.stringify(others))).toBe(JSON.stringify(others));
  });

  test.each([
    ['curl -H "Authorization: Basic dXNlcjpwYXNzd29yZA==" x', 'curl -H "Authorization: Basic <redacted 20 chars>" x'],
    ['send Bearer a1b2c3d4e5f6 with it', 'send Bearer <redacted 12 chars> with it'],
    ["'x-api-key': 'a1b2c3d4e5f6'", "'x-api-key': '<redacted 12 chars>'"],
    ['Cookie: session=a1b2c3d4e5f6', 'Cookie: session=<redacted 12 chars>'],
  ])('a credential in a text: %s', (text, without) => {
    expect(redaction.text(text)).toBe(without);
    expect(redaction.text(without)).toBe(without);
    expect(redaction.json({ messages: [{ content: text }] })).toEqual({ messages: [{ content: without }] });
  });
  test.each([
    'Authorization: Bearer YOUR_API_KEY',
    'Authorization: Bearer $OPENAI_API_KEY',
    'Basic understanding of it, basic arithmetic',
    'Bearer authentication is explained below',
    'api-key: none',
  ])('no credential: %s', (text) => {
    expect(redaction.text(text)).toBe(text);
  });

  test.each([
    ['https://gateway.test/a1B2c3D4e5F6g7H8i9J0/v1/messages', 'https://gateway.test/<redacted 20 chars>/v1/messages'],
    ['https://gateway.test/v1/gw_a1B2c3D4e5F6g7H8i9J0/x', 'https://gateway.test/v1/<redacted 23 chars>/x'],
  ])('a key in the path of an address: %s', (address, without) => {
    expect(redaction.url(address)).toBe(without);
    expect(redaction.url(without)).toBe(redaction.url(redaction.url(without)));
    const [key] = secretsIn([], address);
    expect(new Redaction(key).text(`no ${key}`)).toBe(`no <redacted ${key!.length} chars>`);
  });
  test.each([
    'https://api.test/v1/responses/resp_68a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5',
    'https://api.test/v1/models/claude-sonnet-4-20250514-v1:0/invoke',
    'https://api.test/v1beta/models/gemini-2.5-flash:streamGenerateContent',
    'https://api.test/openai/deployments/gpt-4o-2024-08-06/chat/completions',
  ])('no key in the path of an address: %s', (address) => {
    expect(redaction.url(address)).toBe(address);
    expect(secretsIn([], address)).toEqual([]);
  });

  test.each([
    ['with its quotes escaped', 'a"quoted\\key', '{\\"key\\":\\"a\\\\\\"quoted\\\\\\\\key\\"}'],
    ['as \\u of all', 'key-1234', [...'key-1234'].map((char) => `\\u00${char.charCodeAt(0).toString(16)}`).join('')],
    ['in an address', 'k/y+1234', 'k%2Fy%2B1234'],
    ['in an address in an address', 'k/y+1234', 'k%252fy%252b1234'],
    ['short', 'sk-1234', 'sk-1234'],
  ])('a key that a sentence repeats, %s', (_how, key, spelled) => {
    expect(new Redaction(key).text(`it says: ${spelled}.`)).toMatch(/^it says: .*<redacted \d+ chars>.*\.$/);
    expect(new Redaction(key).text(`it says: ${spelled}.`)).not.toContain(spelled.slice(-4));
  });
});

test('R9 the words beside a status, trailers and early answers', () => {
  const key = 'marker-key-0123456789';
  const head = redaction.responseHead({
    status: 401,
    statusText: `No ${key}`,
    headers: [[`x-${key}`, key]],
    informational: [{ status: 103, statusText: key, tNs: 1 }],
    trailers: [['x-note', key]],
  });
  expect(JSON.stringify(head)).not.toContain(key);
});
