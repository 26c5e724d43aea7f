/** `tracelane mcp`: stored traces for coding agents, over standard input and output. */
import { realpathSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import type { TraceAccess } from '../../core/mcp/access.ts';
import { UsageError, sentenceOf } from './terminal.ts';

interface Flags {
  readonly files: readonly string[];
  readonly keepSecrets?: boolean;
  readonly dataDir?: string;
}

/** `version`: of this program. */
export function addMcp(program: Command, version: string): void {
  program
    .command('mcp')
    .description(
      'serve stored traces to coding agents by the Model Context Protocol, over standard input and output; read-only',
    )
    .option('--files <dir>', 'a folder whose files may be read as well; can be repeated', gathered, [])
    .option('--keep-secrets', 'let secrets leave that are still in the traces')
    .option('--data-dir <dir>', 'the data folder; default: TRACELANE_DATA_DIR, or the user’s own')
    .action(async ({ files, keepSecrets = false, dataDir }: Flags) => {
      const folders = files.map(realFolder);
      // Standard output belongs to the protocol, and no other command should wait for its library.
      const [{ StdioServerTransport }, { createMcpServer }] = await Promise.all([
        import('@modelcontextprotocol/sdk/server/stdio.js'),
        import('../../core/mcp/server.ts'),
      ]);
      const access = await accessTo(dataDir, folders);
      await createMcpServer({ access, version, keepSecrets }).connect(new StdioServerTransport());
    });
}

const gathered = (one: string, before: readonly string[]): readonly string[] => [...before, one];

function realFolder(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    throw new UsageError(`--files: there is no folder ${path}.`);
  }
}

/** The data folder is opened for each question, since it may come, go and grow while an agent works. */
async function accessTo(dataDir: string | undefined, folders: readonly string[]): Promise<TraceAccess> {
  const [{ tracesIn }, { folderOf, openFolder, storedIn }, { checkSqlite }] = await Promise.all([
    import('./file-traces.ts'),
    import('./stored-traces.ts'),
    import('../../core/store/read-only.ts'),
  ]);
  checkSqlite();
  const withReader = async <Value>(ask: (reader: ReturnType<typeof openFolder>) => Value): Promise<Awaited<Value>> => {
    const reader = openFolder(folderOf(dataDir));
    try {
      return await ask(reader);
    } finally {
      reader.close();
    }
  };
  return {
    list: (page) => withReader((reader) => reader.list(page)),
    open: async (name) => {
      const file = fileIn(folders, name);
      if (file === null) return withReader(async (reader) => [await storedIn(reader, name)]);
      try {
        return (await tracesIn(file)).map(({ trace }) => trace);
      } catch (error) {
        throw new Error(`${name}: ${sentenceOf(error)}`, { cause: error });
      }
    },
  };
}

/** The file that a name leads to from one of the folders, links followed; null where that is no file in any of them. */
function fileIn(folders: readonly string[], name: string): string | null {
  for (const folder of folders) {
    const file = resolved(resolve(folder, name));
    if (file === null) continue;
    if (folders.some((one) => isIn(one, file))) return file;
  }
  return null;
}

const isIn = (folder: string, file: string): boolean => {
  const from = relative(folder, file);
  return from !== '' && !from.startsWith('..') && !isAbsolute(from);
};

function resolved(path: string): string | null {
  try {
    return realpathSync(path);
  } catch {
    return null;
  }
}
