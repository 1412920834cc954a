import { Logger } from '@aws-lambda-powertools/logger';
import type { Log } from '../roles.ts';

/** Values that may be secrets: user data, pushed public keys, tokens. Compared without regard to case. */
const HIDDEN = new Set(['userdata', 'sshpublickey', 'tokenvalue']);

/** For JSON.stringify: the value under a key that may hold a secret never reaches a log. */
export function redact(key: string, value: unknown): unknown {
  return HIDDEN.has(key.toLowerCase()) && value !== null && value !== undefined ? '(hidden)' : value;
}

/** Structured logs, one JSON object a line, with what is in `always` in each. The level comes from POWERTOOLS_LOG_LEVEL. */
export function powertoolsLog(service: string, always: Readonly<Record<string, string>> = {}): Log {
  const logger = new Logger({ serviceName: service, persistentKeys: { ...always }, jsonReplacerFn: redact });
  return {
    info: (message, fields = {}) => logger.info(message, { ...fields }),
    warn: (message, fields = {}) => logger.warn(message, { ...fields }),
    error: (message, fields = {}) => logger.error(message, { ...fields }),
  };
}
