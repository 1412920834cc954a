/** An event as a change, with what it says about the state. */
import type { Change, Irrelevant } from '../../src/domain/change.ts';
import {
  isConfigInvocation,
  isConfigItem,
  parseConfigInvocation,
  parseConfigItem,
} from '../../src/inbound/config-item.ts';
import { parseInbound } from '../../src/inbound/index.ts';
import { field, isAbsent, root } from '../../src/inbound/reader.ts';
import type { Implied } from './assume.ts';

export type Read = {
  readonly change: Change;
  readonly implied: Implied;
  /** A recording of Config is no verdict: every rule is asked. */
  readonly everyRule: boolean;
};

/** @throws MalformedEvent */
export function readEvent(raw: unknown): Read | Irrelevant {
  const event = root(raw);
  const recorded = isConfigInvocation(raw)
    ? parseConfigInvocation(event)
    : isConfigItem(raw)
      ? parseConfigItem(event)
      : null;
  if (recorded === null) return readInbound(raw);
  if ('irrelevant' in recorded) return recorded;
  const { change, item, configuration } = recorded;
  const implied: Implied = configuration === null ? { kind: 'nothing' } : { kind: 'recording', item, configuration };
  return { change, implied, everyRule: true };
}

function readInbound(raw: unknown): Read | Irrelevant {
  const parsed = parseInbound(raw);
  if ('irrelevant' in parsed) return parsed;
  const detail = field(root(raw), 'detail');
  const record = isAbsent(detail) ? root(raw) : detail;
  const implied: Implied = parsed.source !== 'config' ? { kind: 'call', record } : { kind: 'nothing' };
  return { change: parsed, implied, everyRule: false };
}
