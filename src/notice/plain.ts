/**
 * Names, descriptions and tags are written by whoever may touch a resource, so also by an attacker. What gets into a
 * notice is bounded, has no line breaks (no forged header, no forged line) and nothing invisible (no bidi tricks).
 */
import { RULES } from '../policy/policy.ts';

/** Control, format (bidi, zero width), surrogate, private-use and unassigned characters, and the two line separators. */
const INVISIBLE = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/** For machines: one line without invisible characters, at most `max` characters. */
export function clean(value: string, max: number): string {
  return bound(
    value
      .slice(0, max * 8)
      .replace(INVISIBLE, ' ')
      .replace(/\s+/gu, ' ')
      .trim(),
    max,
  );
}

/** For a terminal: as `clean`, and no address with a scheme. Names stay as they are, to be copied. */
export function shown(value: string, max = 160): string {
  return bound(
    clean(value, max)
      .replaceAll('://', '[:]//')
      .replace(/\bwww\./giu, 'www[.]'),
    max,
  );
}

/** For a mail or a chat: as `shown`, and nothing that such a program turns into a link, as it does `evil.example`. */
export function plain(value: string, max = 160): string {
  return bound(shown(value, max).split(OWN_WORDS).map(withoutDots).join(''), max);
}

/** The dot and what names of hosts may have in its place, before what may be the end of one. Numbers and addresses stay. */
const DOT = /(?<=[^\s.])[.\u2024\u3002\ufe52\uff0e\uff61](?=[^\s\d\p{P}][^\s\p{P}])/gu;

/** What undrift itself writes with a dot, to be looked up: settings of its policy. Exactly these, as anyone may write others. */
const SETTINGS = [
  ...RULES.flatMap((rule) => [`rules.${rule}.mode`, `rules.${rule}`]),
  'findings.guardDuty.minSeverity',
  'findings.securityHub.minSeverity',
  'findings.securityHub.products',
  'images.approved',
  'images.maxAgeDays',
  'budget.perGroup',
  'policy.yml',
];
/** `m6i.large`: no host's name ends so. */
const INSTANCE_TYPE = '[a-z]+\\d[a-z\\d-]*\\.(?:nano|micro|small|medium|\\d*x?large|metal(?:-\\d+xl)?)';
const OWN = [...SETTINGS.map((it) => it.replaceAll('.', '\\.')), INSTANCE_TYPE].join('|');
const OWN_WORDS = new RegExp(`(?<![\\w.@-])(${OWN})(?![\\w-]|\\.\\w)`, 'u');

/** What stands between our own words, which are at the odd places. */
const withoutDots = (part: string, at: number) => (at % 2 === 0 ? part.replace(DOT, '[.]') : part);

/** For a subject: as `plain`, in printable ASCII. Accents are dropped, what has no ASCII form becomes `?`. */
export function ascii(value: string, max = 160): string {
  // Folded first: it makes `://` and dots of characters that only look like them.
  const folded = clean(value, max)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '');
  return bound(
    plain(folded, max)
      .replace(/[^\x20-\x7e]/gu, '?')
      .trim(),
    max,
  );
}

function bound(value: string, max: number): string {
  const characters = [...value];
  if (characters.length <= max) return value;
  return `${characters
    .slice(0, max - 3)
    .join('')
    .trimEnd()}...`;
}
