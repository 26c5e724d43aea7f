/** What holds of the desktop app without running it: how it is packaged, and that no call of the window names a place on the disk. */
import { expect, test } from 'vitest';
import { z } from 'zod';
import packaging, { fuses } from '../../electron-builder.config.mjs';
import { contract } from '../../src/shared/rpc/contract.ts';

test('R26 J9 the packaged program is no Node, opens no debugger, and runs its own archive alone', () => {
  expect(packaging).toMatchObject({ asar: true, electronFuses: fuses({}) });
  expect(fuses({})).toEqual({
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    enableCookieEncryption: true,
    grantFileProtocolExtraPrivileges: false,
    loadBrowserProcessSpecificV8Snapshot: false,
  });
});

test('J9 a package for tests differs in the one fuse that Playwright needs', () => {
  const { enableNodeCliInspectArguments, ...others } = fuses({ TRACELANE_PACKAGE_FOR_TESTS: '1' });
  expect(enableNodeCliInspectArguments).toBe(true);
  expect({ ...others, enableNodeCliInspectArguments: false }).toEqual(fuses({}));
  expect(fuses({ TRACELANE_PACKAGE_FOR_TESTS: '0' })).toEqual(fuses({}));
});

test('J8 the package registers no scheme of addresses: a link of a page starts nothing', () => {
  expect(packaging).not.toHaveProperty('protocols');
  expect(JSON.stringify(packaging)).not.toContain('x-scheme-handler');
});

test('J10 the window can name no file to the program: it gives bytes, and gets bytes', () => {
  const named = Object.entries(contract).flatMap(([method, { params }]) =>
    fieldsOf(z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' })).map((field) => `${method} ${field}`),
  );
  expect(named.length).toBeGreaterThan(50);
  expect(named.filter((field) => / (?:.*(?:path|folder|dir|directory|uri)|file(?:name)?)$/i.test(field))).toEqual([]);
});

test('J2 what the window sends beside what a method has is refused, not passed over', () => {
  for (const [method, { params }] of Object.entries(contract)) {
    const { additionalProperties } = z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' });
    expect([method, additionalProperties ?? false]).toEqual([method, false]);
  }
});

function fieldsOf(schema: unknown): readonly string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const own = Object.keys((schema as { readonly properties?: object }).properties ?? {});
  return [...own, ...Object.values(schema).flatMap(fieldsOf)];
}
