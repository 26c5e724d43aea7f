/** The desktop app on the double, through the scenarios that the real binary runs, too. */
import { appScenarios } from './app-scenarios.ts';
import { test } from './double-test.ts';

appScenarios(test);
