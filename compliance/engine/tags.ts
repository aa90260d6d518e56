/** Tags in the names of tests: `[H-04]`, `[ONC-d-5 I9]`, `[P01]`, `[session]`. */

/** One bracket group at the time; several ids in one bracket are separated by spaces or commas. */
const bracket = /\[([A-Za-z0-9][A-Za-z0-9 ,-]*)\]/g;
/** The families that the catalogue owns: a test that cites one which is not there has a typing error. */
const ownShape = /^(?:H-\d+|N-\d+|ONC-d-\d+|P\d\d)$/;

/** Every word in brackets, once, in the order of first appearance. */
export function tagsOf(name: string): string[] {
  const words = [...name.matchAll(bracket)].flatMap(([, group = '']) => group.split(/[ ,]+/));
  return [...new Set(words.filter((word) => word !== ''))];
}

/** True for ids such as `H-99` that only the catalogue can give meaning to. */
export const isCatalogueTag = (tag: string): boolean => ownShape.test(tag);
