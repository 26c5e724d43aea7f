/** What is taken out of heads, addresses and bodies before anything is kept, and what is left alone. */
import fc from 'fast-check';
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

describe('headers', () => {
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

describe('bodies', () => {
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
