/** Names that the agent server gave to its own tool and to keys of tool arguments. */

/** The tool whose arguments carry the answer to the user, and the key it is under. */
export const MESSAGE_TOOL = 'send_message';
export const MESSAGE_KEY = 'message';
/** The key under which a model writes its inner thoughts. */
export const THOUGHTS_KEY = 'thinking';
