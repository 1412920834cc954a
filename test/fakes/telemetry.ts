import type { Log, Meter, MetricName } from '../../src/roles.ts';

export type Line = {
  readonly level: 'info' | 'warn' | 'error';
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
};

export class FakeLog implements Log {
  readonly lines: Line[] = [];

  info(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.lines.push({ level: 'info', message, fields });
  }

  warn(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.lines.push({ level: 'warn', message, fields });
  }

  error(message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.lines.push({ level: 'error', message, fields });
  }
}

export type Count = {
  readonly name: MetricName;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
};

export class FakeMeter implements Meter {
  readonly counts: Count[] = [];

  count(name: MetricName, dimensions: Readonly<Record<string, string>>, value = 1): void {
    this.counts.push({ name, dimensions, value });
  }

  /** The sum of all counts of a name. */
  total(name: MetricName): number {
    return this.counts.filter((count) => count.name === name).reduce((sum, { value }) => sum + value, 0);
  }
}
