import { createTheme, type MantineColorsTuple } from '@mantine/core';

/** Calm blue-green: apart from the amber and red that are kept for alarms, and from status colours. */
const pine: MantineColorsTuple = [
  '#e8f6f8',
  '#d3eaee',
  '#a4d5de',
  '#73bfcd',
  '#4eadbf',
  '#37a1b6',
  '#2799b1',
  '#17859c',
  '#06778c',
  '#00677b',
];

/**
 * A body that scrolls behind a dialog would need an inline style element, so the lock stays off. The title's
 * line is a `header` element, which is no second banner of the page.
 */
const dialog = {
  defaultProps: {
    lockScroll: false,
    closeButtonProps: { 'aria-label': 'Close' },
    attributes: { header: { role: 'presentation' } },
  },
  styles: { title: { fontWeight: 650, fontSize: 17 } },
};
const plainBadge = {
  defaultProps: { tt: 'none' as const },
  styles: { label: { color: 'var(--text-strong)' } },
};

/** The library's focus placeholder is no menu item, which a menu may not contain. */
const menu = { defaultProps: { withInitialFocusPlaceholder: false } };

export const theme = createTheme({
  primaryColor: 'pine',
  primaryShade: { light: 8, dark: 8 },
  colors: { pine },
  defaultRadius: 'md',
  respectReducedMotion: true,
  cursorType: 'pointer',
  fontFamily: 'Inter, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", sans-serif',
  headings: { fontWeight: '650' },
  components: { Modal: dialog, Drawer: dialog, Badge: plainBadge, Menu: menu },
});
