// How many tiles stand side by side, and which of them are on which page. Pure.

/** Tiles on one page of the grid, and in the strip beside a shared screen. */
export const PAGE = 9;
export const STRIP = 4;

/** A grid of equal cells. */
export interface Grid {
  readonly columns: number;
  readonly rows: number;
}

/** The grid for a number of tiles: 1, 2, 2 x 2, 3 x 2, 3 x 3; upright it is turned. */
export function gridFor(count: number, upright: boolean): Grid {
  const wide = wideGrid(count);
  return upright ? { columns: wide.rows, rows: wide.columns } : wide;
}

/** Where the last row begins, in half columns from 1, so that it stands in the middle. */
export function lastRow(count: number, { columns }: Grid): { first: number; start: number } {
  const inLast = count % columns || columns;
  return { first: count - inLast, start: columns - inLast + 1 };
}

/** How many pages a number of tiles needs; never less than one. */
export function pagesOf(count: number, size: number): number {
  return Math.max(1, Math.ceil(count / size));
}

/** What is on one page. */
export function onPage<Item>(items: readonly Item[], page: number, size: number): Item[] {
  return items.slice(page * size, page * size + size);
}

function wideGrid(count: number): Grid {
  if (count <= 1) {
    return { columns: 1, rows: 1 };
  }
  if (count === 2) {
    return { columns: 2, rows: 1 };
  }
  if (count <= 4) {
    return { columns: 2, rows: 2 };
  }
  return count <= 6 ? { columns: 3, rows: 2 } : { columns: 3, rows: 3 };
}
