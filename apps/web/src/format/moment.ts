const dateTime = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium', timeStyle: 'short' });
const dateOnly = new Intl.DateTimeFormat('en-US', { dateStyle: 'medium' });

/** "Nov 23, 2026, 3:04 PM", in the time zone of the device: these are about the person, not the clinic's day. */
export const moment = (atMs: number): string => dateTime.format(atMs);
export const day = (atMs: number): string => dateOnly.format(atMs);
