import { shown } from '../../src/notice/plain.ts';

/** Rows in columns, each as wide as its longest cell; what a terminal acts upon is taken out. */
export function tableLines(cells: readonly (readonly string[])[]): readonly string[] {
  const rows = cells.map((row) => row.map((cell) => shown(cell, 60)));
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}
