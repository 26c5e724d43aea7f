/**
 * How the command line finds the program that runs over a data folder, and speaks with it: a file in that folder says where it
 * listens and with which secret. Whoever can read the file can read the traces beside it, so it opens nothing that is not open.
 * The first line of a connection is the secret; a web page, whose first line is that of a request, is shut out by that.
 */
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { z } from 'zod';
import { createClient, type Client } from '../../../shared/rpc/client.ts';
import { serve, type Log } from '../../../shared/rpc/server.ts';
import type { Services } from '../../../shared/rpc/services.ts';
import { linePort } from './line-port.ts';

const FILE = 'control.json';
const SECRET_BYTES = 32;
/** For the first line, so that a connection is not held open without one. */
const SECRET_MS = 5_000;
/** One for each command that runs. */
const MAX_CONNECTIONS = 200;
/** For the first word of a program that runs. */
const ANSWER_MS = 3_000;

const fileSchema = z.object({ port: z.int().min(1).max(65_535), secret: z.string() });

export interface ControlSetup {
  readonly dataDir: string;
  readonly services: Services;
  readonly log: Log;
}

/** Resolves with what ends it. Rejects where the machine gives no port or the folder cannot be written. */
export async function openControl({ dataDir, services, log }: ControlSetup): Promise<() => Promise<void>> {
  const secret = randomBytes(SECRET_BYTES).toString('hex');
  const sockets = new Set<Socket>();
  const serveAdmitted = async (socket: Socket): Promise<void> => {
    const rest = await admitted(socket, secret);
    if (rest !== undefined) serve(services, linePort(socket, rest), log);
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    void serveAdmitted(socket);
  });
  server.maxConnections = MAX_CONNECTIONS;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const file = join(dataDir, FILE);
  // Whole or not at all: somebody may read it at any time.
  writeFileSync(`${file}.new`, JSON.stringify({ port, secret }), { mode: 0o600 });
  renameSync(`${file}.new`, file);
  return async () => {
    try {
      rmSync(file, { force: true });
    } catch {
      // Its folder is gone, or nothing may be taken out of it. Whoever finds the file gets no answer at that port.
    }
    for (const socket of sockets) socket.destroy();
    await once(server.close(), 'close');
  };
}

/** What follows the secret's line; undefined for a connection that was ended for want of it. */
async function admitted(socket: Socket, secret: string): Promise<string | undefined> {
  const timer = setTimeout(() => socket.destroy(), SECRET_MS);
  let text = '';
  try {
    while (!text.includes('\n') && text.length <= secret.length) {
      const [bytes] = (await once(socket, 'data')) as [Buffer];
      text += bytes.toString('utf8');
    }
  } catch {
    return undefined;
  } finally {
    clearTimeout(timer);
  }
  socket.pause();
  const [given = '', ...rest] = text.split('\n');
  if (given.length === secret.length && timingSafeEqual(Buffer.from(given), Buffer.from(secret)))
    return rest.join('\n');
  socket.destroy();
  return undefined;
}

/** The program that runs over this folder; undefined where there is none that answers. */
export async function findRunning(dataDir: string): Promise<(Client & { close(): void }) | undefined> {
  const found = read(join(dataDir, FILE));
  if (!found) return undefined;
  const answered = Promise.withResolvers<boolean>();
  const client = createClient(async () => {
    const socket = connect(found.port, '127.0.0.1');
    await once(socket, 'connect').catch((error: unknown) => {
      answered.resolve(false);
      throw error;
    });
    socket.write(`${found.secret}\n`);
    return linePort(socket);
  });
  // The file may be of a program that crashed, and its port another program's by now.
  const timer = setTimeout(() => answered.resolve(false), ANSWER_MS);
  client.onStatus((status) => status !== 'connecting' && answered.resolve(status === 'open'));
  const running = await answered.promise;
  clearTimeout(timer);
  if (running) return client;
  client.close();
  return undefined;
}

function read(file: string): z.infer<typeof fileSchema> | undefined {
  try {
    return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return undefined;
  }
}
