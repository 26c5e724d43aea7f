/**
 * `safeStorage` by AES with a key in a file of the profile, so that a second start reads what the first wrote. The
 * synchronous functions, which Electron 45 deprecates, are not there. `DOUBLE_KEY_STORE` names the backend.
 */
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { app } from './app.ts';

const NONCE = 12;
const TAG = 16;

/** The keys this profile had, the newest first; the rest still open what they closed. */
function keys(): readonly Buffer[] {
  const file = join(app.getPath('userData'), 'double-key-store');
  try {
    return readFileSync(file, 'utf8')
      .split('\n')
      .map((line) => Buffer.from(line, 'base64'));
  } catch {
    const first = randomBytes(32);
    writeFileSync(file, first.toString('base64'));
    return [first];
  }
}

export function rotateStorageKey(): void {
  const all = [randomBytes(32), ...keys()];
  writeFileSync(join(app.getPath('userData'), 'double-key-store'), all.map((key) => key.toString('base64')).join('\n'));
}

function open(key: Buffer, encrypted: Buffer): string | undefined {
  try {
    const decipher = createDecipheriv('aes-256-gcm', key, encrypted.subarray(0, NONCE));
    decipher.setAuthTag(encrypted.subarray(NONCE, NONCE + TAG));
    return Buffer.concat([decipher.update(encrypted.subarray(NONCE + TAG)), decipher.final()]).toString('utf8');
  } catch {
    return undefined;
  }
}

export const safeStorage = {
  getSelectedStorageBackend: (): string => process.env['DOUBLE_KEY_STORE'] ?? 'gnome_libsecret',

  isAsyncEncryptionAvailable: (): Promise<boolean> => Promise.resolve(app.isReady()),

  encryptStringAsync(text: string): Promise<Buffer> {
    const nonce = randomBytes(NONCE);
    const cipher = createCipheriv('aes-256-gcm', keys()[0]!, nonce);
    const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
    return Promise.resolve(Buffer.concat([nonce, cipher.getAuthTag(), body]));
  },

  decryptStringAsync(encrypted: Buffer): Promise<{ result: string; shouldReEncrypt: boolean }> {
    for (const [index, key] of keys().entries()) {
      const result = open(key, encrypted);
      if (result !== undefined) return Promise.resolve({ result, shouldReEncrypt: index > 0 });
    }
    return Promise.reject(
      new Error('Error while decrypting the ciphertext provided to safeStorage.decryptStringAsync.'),
    );
  },
};
