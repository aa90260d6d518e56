import type { XmlElement } from './xml-tree.ts';

/**
 * Reading members by local name. Namespaces and order are not checked on the way in: a new member, another
 * prefix or another order must not blind the board. Absent, nil and empty members all read as null.
 */

/** The first child of that name, null when there is none. A nil child is still found. */
export function childNamed(element: XmlElement, name: string): XmlElement | null {
  return element.children.find((child) => child.name === name) ?? null;
}

/** The child of that name if it is there and not nil. */
export function presentChild(element: XmlElement, name: string): XmlElement | null {
  const child = childNamed(element, name);
  return child && !child.nil ? child : null;
}

/** All children of that name that are not nil, at any count including one. */
export function childrenNamed(element: XmlElement | null, name: string): XmlElement[] {
  return element?.children.filter((child) => child.name === name && !child.nil) ?? [];
}

/** A member's text exactly as written; null when absent, nil or empty. */
export function exactText(element: XmlElement, name: string): string | null {
  return presentChild(element, name)?.text || null;
}

/** A member's text without blanks around it, for ids, dates and codes. */
export function trimmedText(element: XmlElement, name: string): string | null {
  return exactText(element, name)?.trim() || null;
}

/** Human text in composed form (NFC), so that equal names compare equal. */
export function humanText(element: XmlElement, name: string): string | null {
  return trimmedText(element, name)?.normalize('NFC') ?? null;
}

/** A truth value spelt True, true, 1, False, false or 0; null for anything else. */
export function truthValue(element: XmlElement, name: string): boolean | null {
  const text = trimmedText(element, name)?.toLowerCase();
  if (text === 'true' || text === '1') return true;
  return text === 'false' || text === '0' ? false : null;
}

/** A whole number of at most nine digits; null for anything else. */
export function wholeNumber(element: XmlElement, name: string): number | null {
  const text = trimmedText(element, name);
  return text && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** The first element of that name at any depth, in document order. The tree's depth is limited. */
export function descendantNamed(element: XmlElement, name: string): XmlElement | null {
  if (element.name === name) return element;
  for (const child of element.children) {
    const found = descendantNamed(child, name);
    if (found) return found;
  }
  return null;
}
