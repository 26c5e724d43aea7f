/** The inspector in a real browser over the real host: one event in every pane, its bytes, what may be copied, and hostile content as text. */
import { expect, test, type Page } from 'playwright/test';
import { startHost, type Host } from '../support/host.ts';
import { complaints, openTrace, startSample, wholeTrace } from '../support/page.ts';
import { importOver } from '../support/imports.ts';

let host: Host;
test.beforeAll(async () => {
  host = await startHost();
});
test.afterAll(() => host.stop());
test.use({ permissions: ['clipboard-read', 'clipboard-write'] });

async function open(page: Page, model: string, api: 'chat_completions' | 'messages' | 'responses') {
  const client = host.client();
  const id = await startSample(client, model, api);
  const trace = await wholeTrace(client, id);
  await openTrace(page, host.url, id, trace);
  return { id, client, trace };
}

const inspector = (page: Page) => page.getByRole('complementary', { name: 'Inspector' });
const pane = (page: Page, name: string) =>
  inspector(page)
    .getByRole('tab', { name: new RegExp(`^${name}`) })
    .click();
/** Elements whose own text turns the writing direction, but for streamed text, where each such character is shut in. */
const turning = (page: Page) =>
  page
    .locator('#root :not(.streamed *)')
    .evaluateAll((elements) =>
      elements
        .filter((element) =>
          [...element.childNodes].some(
            (node) => node.nodeType === Node.TEXT_NODE && /[\u202A-\u202E\u2066-\u2069]/.test(node.textContent!),
          ),
        )
        .map((element) => element.outerHTML),
    );
const clipboard = (page: Page) => page.evaluate(() => navigator.clipboard.readText());

test('an event is told in full: its place, what each lane made of it, its JSON and its bytes, with the delta marked in both', async ({
  page,
}) => {
  const faults = complaints(page);
  const { trace } = await open(page, 'text-lost', 'chat_completions');
  const event = trace.events.find(({ kind, preview }) => kind === 'text' && preview.trim().length > 3)!;
  await page.getByRole('tab', { name: /^Events/ }).click();
  await page.locator(`#event-${event.index}`).click();

  const shown = inspector(page);
  await expect(shown.getByRole('heading', { name: `Event ${event.index}` })).toBeVisible();
  await expect(shown).toContainText(`${event.start.toLocaleString('en')}–${(event.end - 1).toLocaleString('en')}`);
  const answers = shown.locator('.answers');
  await expect(answers.locator('dd').nth(0)).toContainText(event.preview.trim());
  await expect(answers.locator('.said-nothing.lost')).toHaveText('nothing');
  await expect(answers).toContainText(`−${event.chars} ch`);

  await expect(shown.locator('.json mark')).toHaveText(`"content": ${JSON.stringify(event.preview)}`);
  const marked = (await shown.locator('.hex-marked').allTextContents()).filter((text) =>
    /^[0-9a-f]{2}( [0-9a-f]{2})*$/.test(text),
  );
  const bytes = Buffer.from(marked.join(' ').replaceAll(' ', ''), 'hex').toString('utf8');
  expect(bytes).toBe(`"content":${JSON.stringify(event.preview)}`);
  await shown.locator('.json-line', { hasText: '"object"' }).click();
  await expect(shown.locator('.json mark')).toContainText('"object"');
  expect(faults).toEqual([]);
});

test('the selection is one in every pane, and keys move it', async ({ page }) => {
  const { trace } = await open(page, 'parallel-tools', 'messages');
  await page.keyboard.press('t');
  const first = trace.events.find(({ kind }) => kind === 'tool')!.index;
  await expect(inspector(page).getByRole('heading', { level: 2, name: `Event ${first}`, exact: true })).toBeVisible();
  await page.keyboard.press('ArrowRight');
  await expect(page.locator('.hints')).toContainText(`event ${first + 1} of 0–${trace.events.length - 1}`);
  await page.getByRole('tab', { name: /^Events/ }).click();
  await page.keyboard.press('t');
  const second = trace.events.find(
    ({ kind, block, index }) => kind === 'tool' && index > first && block !== trace.events[first]!.block,
  )!.index;
  await expect(page.locator('.grid-row.active')).toContainText(String(second));
  await page.keyboard.press('Escape');
  await expect(page.locator('.grid-row.active')).toHaveCount(0);
});

test('the message of an event stands whole in each lane, and can be copied as JSON', async ({ page }) => {
  const { trace } = await open(page, 'text-lost', 'chat_completions');
  await page.keyboard.press('t');
  await pane(page, 'Message');
  const row = trace.blocks.rows.find(({ kind }) => kind === 'tool')!;
  const wire = row.cells.wire[0]!.pieces.join('');
  await expect(inspector(page).locator('.whole').first()).toHaveText(wire);
  await inspector(page).getByRole('button', { name: 'Copy the Wire message as JSON' }).click();
  await expect
    .poll(async () => JSON.parse(await clipboard(page)) as unknown)
    .toMatchObject({ tool_call: { arguments: wire } });
});

test('the raw answer is there to the last byte, as text and as hex, with the selected event marked', async ({
  page,
}) => {
  const { id, client, trace } = await open(page, 'plain-text', 'messages');
  const { bytes, total } = await client.call('traces.bytes', { id, start: 0, end: trace.bytes });
  expect(total).toBe(trace.bytes);
  const body = Buffer.from(bytes, 'base64').toString('utf8');
  await page.keyboard.press('ArrowRight');
  await pane(page, 'Raw');
  const raw = inspector(page).getByRole('region', { name: 'Body' });
  await expect
    .poll(async () => (await raw.locator('.chosen').allTextContents()).join(''))
    .toBe(body.slice(0, trace.events[0]!.end).replaceAll('\n', ''));
  await raw.evaluate((element) => element.scrollTo({ top: element.scrollHeight }));
  await expect(raw).toContainText('message_stop');
  await inspector(page).getByRole('button', { name: 'Hex' }).click();
  await expect(raw.locator('.hex-row').first()).toContainText('65 76 65 6e 74 3a 20 6d');
});

test('the request can be copied as cURL, without its key', async ({ page }) => {
  await open(page, 'plain-text', 'messages');
  await pane(page, 'Request');
  await expect(inspector(page)).toContainText('anthropic-version');
  await page.keyboard.press('Control+Shift+C');
  await expect.poll(() => clipboard(page)).toMatch(/^curl -N -X POST 'http:\/\/127\.0\.0\.1:\d+\/v1\/messages/);
  expect(await clipboard(page)).toContain('--data-raw');
});

test('usage is set beside what each adapter counted, with the provider’s own object', async ({ page }) => {
  const { trace } = await open(page, 'usage-repeated', 'chat_completions');
  await pane(page, 'Usage');
  const input = inspector(page).getByRole('row', { name: /^Input/ });
  await expect(input.getByRole('cell').first()).toHaveText(trace.usage!.input!.toLocaleString('en'));
  await expect(input.locator('.k-del').first()).toBeVisible();
  await expect(inspector(page).locator('.raw-usage').first()).toContainText('prompt_tokens');
});

test('I1 I2 I3 I4 I5 I9 I10 I11 what is hostile stays text in every view, fetches nothing, and what hides is shown by its number', async ({
  page,
}) => {
  const faults = complaints(page);
  const requests: string[] = [];
  const client = host.client();
  const hostile = [
    '<img src=http://127.0.0.1:9/x onerror="document.title=1"><script>document.title=2</script><svg onload="document.title=2">',
    '<iframe srcdoc="<script>parent.document.title=1</script>"></iframe><style>*{display:none}</style><base href="http://127.0.0.1:9/">',
    '<form action="http://127.0.0.1:9/">Session expired, paste your API key <input name="key"><button>Go</button></form>',
    '![a](http://127.0.0.1:9/y?secret) [b](javascript:document.title=1) [c](file:///etc/passwd) <vbscript:x> url(http://127.0.0.1:9/z)',
    '```mermaid\ngraph TD; A-->B\n```',
    `a\u202Eb\u200Bc\u001B[2J\u001B]0;owned\u0007\u001B]8;;http://127.0.0.1:9/l\u001B\\ e${'\u0301'.repeat(10_000)}`,
  ].join('\n\n');
  const name = `${hostile.slice(0, 120)}\u202Egnp.exe`;
  const part = (delta: object) => ({ object: 'chat.completion.chunk', model: name, choices: [{ index: 0, delta }] });
  const args = { index: 0, id: 'c1', type: 'function', function: { name, arguments: JSON.stringify({ hostile }) } };
  const text = [part({ content: hostile }), part({ tool_calls: [args] })]
    .map((one) => `data: ${JSON.stringify(one)}\n\n`.replaceAll('\\u202e', '\u202E'))
    .join('');
  const { id } = await importOver(client, { name, text, api: 'chat_completions' });
  page.on('request', (request) => requests.push(new URL(request.url()).port));
  await openTrace(page, host.url, id, await wholeTrace(client, id));
  const made = page.locator(
    '#root :is(img, script, iframe, style, base, form, object, embed, a[href^="javascript:"], a[href^="file:"], a[href*="127.0.0.1:9"], input[name="key"])',
  );
  const wire = page.locator('[data-lane="wire"]').first();
  // Marks of one letter are drawn over each other, and make no line of it higher.
  const lines = await wire
    .locator('.streamed')
    .first()
    .evaluate((element) => {
      const { lineHeight } = getComputedStyle(element);
      return element.scrollHeight / Number.parseFloat(lineHeight);
    });
  expect(lines).toBeLessThan(60);
  expect(await made.count()).toBe(0);
  await page.keyboard.press('ArrowRight');
  await expect(inspector(page).locator('.json')).toContainText('<script>document.title=2</script>');
  await expect(inspector(page).locator('.json .seen-hidden').first()).toHaveText('U+202E');
  for (const one of ['Message', 'Raw', 'Request', 'Usage', 'Lint', 'Findings']) {
    await pane(page, one);
    expect([one, await made.count()]).toEqual([one, 0]);
  }
  for (const one of ['Events', 'Messages', 'Replay', 'Compare', 'Live']) {
    await page
      .locator('.trace')
      .getByRole('tab', { name: new RegExp(`^${one}`) })
      .click();
    await expect(page.locator('.loading')).toHaveCount(0);
    expect([one, await made.count(), await turning(page)]).toEqual([one, 0, []]);
  }
  await page.keyboard.press('Control+k');
  await page.getByRole('combobox', { name: 'Search runs, messages, commands' }).fill('Session expired');
  await expect(page.getByRole('option').first()).toBeVisible();
  expect([await made.count(), await turning(page)]).toEqual([0, []]);
  // What passes as a notice names the run, too.
  await page.keyboard.press('Escape');
  const look = '\u0430pi.txt\u202E';
  await client.call('traces.rename', { id, title: look });
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('U+0430pi.txtU+202E');
  await page.keyboard.press('Delete');
  await expect(page.locator('.toast')).toContainText('U+202E” deleted');
  expect([await made.count(), await turning(page)]).toEqual([0, []]);
  expect(requests.filter((port) => port === '9')).toEqual([]);
  // oxlint-disable-next-line no-control-regex -- these are the ones meant
  expect(await page.title()).not.toMatch(/^[12]$|[\u0000-\u001f\u202a-\u202e]/);
  expect(faults).toEqual([]);
});

test('I12 what is selected and copied is plain text without control characters', async ({ page }) => {
  const content = 'harmless\u001b[8m\u0007\u009b8m; rm -rf ~\nend';
  const { id } = await importOver(host.client(), {
    name: 'Copied',
    text: `data: ${JSON.stringify({ object: 'chat.completion.chunk', choices: [{ index: 0, delta: { content } }] })}\n\ndata: [DONE]\n\n`,
    api: 'chat_completions',
  });
  await openTrace(page, host.url, id, await wholeTrace(host.client(), id));
  const streamed = page.locator('[data-lane="wire"] .streamed').first();
  await expect(streamed).toContainText('harmless');
  expect(await streamed.textContent()).toContain('\u001b');
  await streamed.evaluate((element) => getSelection()!.selectAllChildren(element));
  await page.keyboard.press('Control+c');
  const PLAIN = 'harmless[8m8m; rm -rf ~\nend';
  await expect.poll(async () => (await clipboard(page)).replaceAll('\r', '')).toBe(PLAIN);
  await expect(page.getByText('Selection copied without 3 control characters')).toBeVisible();
  const kinds = await page.evaluate(async () => (await navigator.clipboard.read()).flatMap(({ types }) => types));
  expect(kinds).toEqual(['text/plain']);
});

test('arguments show by its number what hides in them, live as in the end, and are selected as they came', async ({
  page,
}) => {
  const parts = ['{"to": "a\u202Eb', '\u200B\u{E0041}c', '", "note": "é😀"}'];
  const call = (args: string) => ({
    object: 'chat.completion.chunk',
    choices: [
      { index: 0, delta: { tool_calls: [{ index: 0, id: 'c1', function: { name: 'se\u202End', arguments: args } }] } },
    ],
  });
  const { id } = await importOver(host.client(), {
    name: 'Hi\u202Edden',
    text: parts.map((part) => `data: ${JSON.stringify(call(part))}\n\n`).join(''),
    api: 'chat_completions',
  });
  await openTrace(page, host.url, id, await wholeTrace(host.client(), id));
  const args = page.locator('[data-lane="wire"] .args');
  const seen = () =>
    args
      .locator('.seen-hidden')
      .evaluateAll((marks) => marks.map((mark) => getComputedStyle(mark, '::before').content));
  await expect.poll(seen).toEqual(['"U+202E"', '"U+200B"', '"U+E0041"']);
  expect(await args.textContent()).toBe(parts.join(''));
  // Nor do names, titles and what is said of them turn the words around them.
  await page
    .locator('.trace')
    .getByRole('tab', { name: /^Compare/ })
    .click();
  await expect(page.getByRole('table', { name: 'Verdict' })).toBeVisible();
  expect(await turning(page)).toEqual([]);
  await page.locator('.trace').getByRole('tab', { name: /^Live/ }).click();
  expect(await turning(page)).toEqual([]);
  // An import of bytes alone has no times to tell.
  await expect(page.locator('[data-lane="wire"] .block-head .state')).toHaveText('valid');
  await page.getByRole('tab', { name: /^Replay/ }).click();
  await page.getByRole('button', { name: 'As fast as possible' }).click();
  await page.getByRole('button', { name: 'Play', exact: true }).click();
  await expect.poll(seen).toEqual(['"U+202E"', '"U+200B"', '"U+E0041"']);
});
