import type { Call } from './attribute.js';
import { checkedValue } from './attribute.js';
import { setsid } from './setsid.js';
import type { Values } from './settings.js';

/** Whether the child leads a new session, by `setsid` or by Node's `detached`: it then has no terminal yet. */
export function leadsSession(all: Values, { detached }: Call): boolean {
  return detached || checkedValue(all, setsid) === true;
}
