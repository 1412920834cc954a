import { describe, expect, it } from 'vitest';
import { embeddedIn, embeddingOf } from '../../../src/net/embedded.ts';
import { spaceOf } from '../../../src/net/internet.ts';

const six = (...cidrs: readonly string[]) => spaceOf('ipv6', cidrs);

describe('IPv6 that writes IPv4', () => {
  it.each([
    ['mapped, all', ['::ffff:0:0/96'], ['::ffff:0:0/96']],
    ['mapped, a part', ['::ffff:8.0.0.0/104'], ['::ffff:8.0.0.0/104']],
    ['translated, all', ['64:ff9b::/96'], ['64:ff9b::/96']],
    ['translated, an address', ['64:ff9b::808:808/128'], ['64:ff9b::808:808/128']],
    ['translated, inside a wider range', ['64:ff9a::/31'], ['64:ff9b::/96']],
    ['both, of everything', ['::/0'], ['::ffff:0:0/96', '64:ff9b::/96']],
    ['none before the mapped block', ['::fffe:ffff:ffff/128'], []],
    ['none behind it', ['::1:0:0:0/128'], []],
    ['none before the translated block', ['64:ff9a:ffff:ffff:ffff:ffff:ffff:ffff/128'], []],
    ['none behind it, nor of translation inside a network', ['64:ff9b:0:0:0:1::/128', '64:ff9b:1::/48'], []],
    ['none of anything else', ['2000::/3'], []],
  ])('%s', (_name, cidrs, expected) => {
    expect(embeddedIn(six(...cidrs))).toEqual(six(...expected));
  });

  it('of a space of IPv4 is that space in both blocks', () => {
    const given = spaceOf('ipv4', ['8.0.0.0/8', '255.255.255.255/32']);
    const expected = six(
      '::ffff:8.0.0.0/104',
      '::ffff:255.255.255.255/128',
      '64:ff9b::800:0/104',
      '64:ff9b::ffff:ffff/128',
    );
    expect(embeddingOf(given)).toEqual(expected);
    expect(embeddingOf([])).toEqual([]);
  });
});
