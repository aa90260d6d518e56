/**
 * The board from the keyboard. Arrows go from card to card; letters act on the card that has focus, so they
 * cannot be hit by speech input or while typing (WCAG 2.1.4). One listener serves all cards.
 */
import type { Role, Visit } from '@workflow-bolt/contracts';
import { type RefObject, useEffect, useRef } from 'react';
import { type CardChange, isOffered, mayChange } from '../model/card-changes.ts';

export const cardShortcuts = {
  n: 'next',
  r: 'room',
  d: 'provider',
  t: 'time',
  h: 'history',
  o: 'note',
  p: 'pin',
  u: 'undo',
  m: 'menu',
} as const;
export type CardShortcut = (typeof cardShortcuts)[keyof typeof cardShortcuts];

export const shortcutWords: Record<CardShortcut, string> = {
  next: 'Next step',
  room: 'Choose a room',
  provider: 'Change the provider',
  time: 'Correct a time',
  history: 'History',
  note: 'Note',
  pin: 'Pin or unpin',
  undo: 'Undo the last step',
  menu: 'All actions',
};

/** Shortcuts that change something which not every role may; the others judge for themselves. */
const changeOf: Partial<Record<CardShortcut, CardChange>> = {
  room: 'room',
  provider: 'provider',
  time: 'time',
  note: 'note',
  pin: 'pin',
};

/** A key opens nothing that the card's menu would not offer. */
export function isShortcutOffered(shortcut: CardShortcut, visit: Visit, role: Role): boolean {
  const change = changeOf[shortcut];
  return change === undefined || isOffered(change, visit, role);
}

/** Whether this role can ever use the shortcut. A viewer takes no step, so has none to undo. */
export function mayUseShortcut(shortcut: CardShortcut, role: Role): boolean {
  if (shortcut === 'next' || shortcut === 'undo') return role !== 'viewer';
  const change = changeOf[shortcut];
  return change === undefined || mayChange(change, role);
}

const typingInto = 'input, textarea, select, [contenteditable="true"], [role="menu"], [role="dialog"]';

const cardOf = (target: EventTarget | null): HTMLElement | null =>
  target instanceof Element ? target.closest<HTMLElement>('[data-visit]') : null;

function cardsIn(column: Element | null): HTMLElement[] {
  return column ? [...column.querySelectorAll<HTMLElement>('[data-visit]')] : [];
}

function focusCard(card: HTMLElement | undefined): void {
  card?.querySelector<HTMLElement>('[data-part="name"]')?.focus();
}

/** The card above, below, or at the same height in the next column that has any. */
function neighbourOf(card: HTMLElement, key: string): HTMLElement | undefined {
  const column = card.closest('[data-column]');
  const own = cardsIn(column);
  const index = own.indexOf(card);
  if (key === 'ArrowDown') return own[index + 1];
  if (key === 'ArrowUp') return own[index - 1];
  const columns = [...document.querySelectorAll('[data-column]')];
  const step = key === 'ArrowRight' ? 1 : -1;
  const at = column ? columns.indexOf(column) : -1;
  for (let next = at + step; next >= 0 && next < columns.length; next += step) {
    const there = cardsIn(columns[next] ?? null);
    if (there.length > 0) return there[Math.min(index, there.length - 1)];
  }
  return undefined;
}

/** Listens on the whole board; `onShortcut` gets the visit of the focused card. */
export function useBoardKeyboard(
  board: RefObject<HTMLElement | null>,
  onShortcut: (visitId: string, shortcut: CardShortcut) => void,
): void {
  const handler = useRef(onShortcut);
  handler.current = onShortcut;
  useEffect(() => {
    const element = board.current;
    if (!element) return;
    const listen = (event: KeyboardEvent) => {
      const card = cardOf(event.target);
      if (!card || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target instanceof Element && event.target.closest(typingInto)) return;
      if (event.key.startsWith('Arrow')) {
        event.preventDefault();
        focusCard(neighbourOf(card, event.key));
        return;
      }
      const shortcut = cardShortcuts[event.key.toLowerCase() as keyof typeof cardShortcuts];
      const visitId = card.dataset.visit;
      if (!shortcut || !visitId) return;
      event.preventDefault();
      if (shortcut === 'menu') card.querySelector<HTMLElement>('[data-part="menu"]')?.click();
      else handler.current(visitId, shortcut);
    };
    element.addEventListener('keydown', listen);
    return () => element.removeEventListener('keydown', listen);
  }, [board]);
}

/**
 * A card that moves to another column is a new element there; this gives it the focus that its former self
 * had, so that keyboard work goes on where it was.
 */
export function useKeptFocus(board: RefObject<HTMLElement | null>): void {
  useEffect(() => {
    const element = board.current;
    if (!element) return;
    let last: { visitId: string; part: string; isKeyboard: boolean } | null = null;
    const remember = (event: FocusEvent) => {
      const visitId = cardOf(event.target)?.dataset.visit;
      const target = event.target as HTMLElement;
      const part = target.dataset.part ?? 'name';
      last = visitId ? { visitId, part, isKeyboard: target.matches(':focus-visible') } : null;
    };
    const observer = new MutationObserver(() => {
      if (last === null || document.activeElement !== document.body) return;
      const card = element.querySelector(`[data-visit="${CSS.escape(last.visitId)}"]`);
      const part = card?.querySelector<HTMLElement>(`[data-part="${last.part}"]`);
      const target = part ?? card?.querySelector<HTMLElement>('[data-part="name"]');
      target?.focus({ preventScroll: !last.isKeyboard });
    });
    element.addEventListener('focusin', remember);
    observer.observe(element, { childList: true, subtree: true });
    return () => {
      element.removeEventListener('focusin', remember);
      observer.disconnect();
    };
  }, [board]);
}
