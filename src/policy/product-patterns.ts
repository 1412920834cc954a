/**
 * Which products of Security Hub a pattern takes in. Findings come under the ARN of their product: those of AWS's own have no
 * account in it, and nobody else can send one. Under the account's own product, anybody in the account who may can.
 */
import { globMatches } from './glob.ts';

/** As many parts as an ARN has, so that no star reaches from one into the next. */
const FORM = /^arn:[^:/]*:securityhub:[^:/]*:(?<account>[^:/]*):product\/(?<company>[^:/]+)\/(?<name>[^:/]+)$/;
const EXAMPLE = 'arn:*:securityhub:*::product/aws/inspector';

/** The tail of `found "…"`, or null. */
export function productFault(pattern: string): string | null {
  if (FORM.test(pattern)) return null;
  return `, which is no ARN of a product; write one such as ${EXAMPLE}, where a star stands for the whole or a piece of one part`;
}

/** What naming it implies that the author may not have thought of. Each of these can be meant. */
export function productImplies(pattern: string): string | null {
  const { account = '', company = '', name = '' } = FORM.exec(pattern)?.groups ?? {};
  if (company === 'aws') {
    const guardDuty = `${pattern} fits nothing that counts: what GuardDuty finds comes from itself`;
    return name === 'guardduty' ? guardDuty : null;
  }
  const whoever = 'whoever may call securityhub:BatchImportFindings';
  return fitsOwnProduct(account, company, name)
    ? `${pattern} fits the account's own product: ${whoever} can send findings about any instance under it; name products of AWS, such as ${EXAMPLE}`
    : `${pattern} fits products that are not of AWS: findings of some are sent from within the account, by ${whoever}; keep that right to few`;
}

/** `arn:…:<account>:product/<account>/default`, whatever the account. */
function fitsOwnProduct(account: string, company: string, name: string): boolean {
  return account !== '' && canBeAccount(company) && globMatches(name, 'default');
}

/** Twelve digits, some of which stars and question marks may stand for. */
function canBeAccount(pattern: string): boolean {
  const written = pattern.replaceAll('*', '').length;
  return /^[\d*?]+$/.test(pattern) && (pattern.includes('*') ? written <= 12 : written === 12);
}
