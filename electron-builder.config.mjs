/**
 * How the desktop app is packaged: `npm run package` builds it and hands this to electron-builder. The fuses are switches in Electron's binary
 * that nobody can turn back at run time: the packaged program is no Node for others, takes no options of Node, opens no port
 * for a debugger, and runs nothing but its own archive, whose digest it checks (macOS and Windows).
 */

/**
 * Playwright drives an app through the debugger's port: a build that is made to be tested keeps it, and differs in nothing else.
 * @param {Readonly<Record<string, string | undefined>>} environment
 */
export const fuses = (environment) => ({
  runAsNode: false,
  enableNodeOptionsEnvironmentVariable: false,
  enableNodeCliInspectArguments: environment['TRACELANE_PACKAGE_FOR_TESTS'] === '1',
  enableEmbeddedAsarIntegrityValidation: true,
  onlyLoadAppFromAsar: true,
  enableCookieEncryption: true,
  grantFileProtocolExtraPrivileges: false,
  loadBrowserProcessSpecificV8Snapshot: false,
});

export default {
  appId: 'app.tracelane',
  productName: 'Tracelane',
  directories: { output: 'release' },
  files: ['out/**', '!out/**/*.map', 'resources/samples/**', 'package.json'],
  asar: true,
  // Only what the system itself loads lies beside the archive.
  asarUnpack: ['**/*.node'],
  electronFuses: fuses(process.env),
  // The system offers the app for these files, and does not make it their owner.
  fileAssociations: [
    { ext: 'sse', name: 'Recorded event stream', role: 'Viewer', rank: 'Alternate' },
    { ext: 'har', name: 'HTTP archive', role: 'Viewer', rank: 'Alternate' },
  ],
  linux: { target: ['AppImage'], category: 'Development' },
  mac: { target: ['dmg'], category: 'public.app-category.developer-tools', hardenedRuntime: true },
  win: { target: ['nsis'] },
  publish: null,
};
