/** Puts every call of an SDK client under a deadline, however the call is made: lib-dynamodb does not use the client's `send`. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { Service } from '../domain/time-budget.ts';
import type { Deadline } from './deadline.ts';

/** What all SDK clients have in common; their types differ by their commands. */
type Handler = { handle(request: unknown, options?: object): unknown };
type Stack = { add(middleware: Middleware, where: { step: 'initialize'; priority: 'high'; name: string }): void };
type Middleware = (next: Next, context: Context) => Next;
type Next = (args: unknown) => Promise<unknown>;
/** The retries of the SDK, and the waits between them, look for the signal under this key. */
type Context = { [SDK_CONTEXT]?: object };

const SDK_CONTEXT = '__smithy_context';
const SIGNAL = new AsyncLocalStorage<AbortSignal>();

export function within<Client extends object>(deadline: Deadline, service: Service, client: Client): Client {
  const { middlewareStack, config } = client as unknown as {
    readonly middlewareStack: Stack;
    readonly config: { readonly requestHandler: Handler };
  };
  const underDeadline: Middleware = (next, context) => (args) =>
    deadline.call(service, (abortSignal) => {
      context[SDK_CONTEXT] = { ...context[SDK_CONTEXT], abortSignal };
      return SIGNAL.run(abortSignal, () => next(args));
    });
  middlewareStack.add(underDeadline, { step: 'initialize', priority: 'high', name: 'deadline' });
  // The handler is given the options of `send` only: the signal of the call comes to it on its own way.
  const handler = config.requestHandler;
  const handle = handler.handle.bind(handler);
  handler.handle = (request, options) => handle(request, { ...options, abortSignal: SIGNAL.getStore() });
  return client;
}
