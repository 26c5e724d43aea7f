/** The APIs that were there first: tests that say what each of them does go over these, whatever is registered besides. */
export const APIS = ['chat_completions', 'responses', 'messages'] as const;
export type Api = (typeof APIS)[number];
