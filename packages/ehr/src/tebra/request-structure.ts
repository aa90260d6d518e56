import type { XmlElement } from './xml-tree.ts';

/** A request's expanded element names in document order, each with its depth: what the service reads. */
export function structure(root: XmlElement, depth: number = 0): string[] {
  const own = `${'  '.repeat(depth)}{${root.namespace}}${root.name}`;
  return [own, ...root.children.flatMap((child) => structure(child, depth + 1))];
}

/** The structure with everything below an element of that name left out. */
export function structureWithout(root: XmlElement, name: string): string[] {
  const prune = (element: XmlElement): XmlElement => ({
    ...element,
    children: element.name === name ? [] : element.children.map(prune),
  });
  return structure(prune(root));
}
