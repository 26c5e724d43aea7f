/**
 * Imported by the configuration of each test runner: all processes of a run keep what Node compiled for each other. Most of what
 * the hundreds of short ones among them cost is to compile the same files, and to strip the types of those that are TypeScript.
 */
import { fileURLToPath } from 'node:url';

process.env.NODE_COMPILE_CACHE ??= fileURLToPath(new URL('../node_modules/.cache/node-compile', import.meta.url));
