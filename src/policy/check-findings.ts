import { listAt, type Report } from './check-parts.ts';
import { productImplies } from './product-patterns.ts';

/** Whose findings count decides who can have instances told, or replaced. */
export function checkFindings(document: unknown, { warnings }: Report): void {
  const key = ['findings', 'securityHub', 'products'];
  listAt(document, ...key).forEach((pattern, index) => {
    const implies = typeof pattern === 'string' ? productImplies(pattern) : null;
    if (implies === null) return;
    warnings.push({ path: [...key, index], message: `findings.securityHub.products[${index}]: ${implies}` });
  });
}
