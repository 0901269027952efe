// Several pages of a list as one, so that what was unfolded stays when it is looked at again.

interface Page<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** The first `count` pages in a row, and where it goes on. */
export async function pages<Item>(
  load: (after: string) => Promise<Page<Item>>,
  count: number,
): Promise<{ items: Item[]; next: string | null }> {
  const items: Item[] = [];
  let next: string | null = "";
  for (let page = 0; page < count && next !== null; page += 1) {
    const found: Page<Item> = await load(next);
    items.push(...found.items);
    next = found.next;
  }
  return { items, next };
}
