const minuteMs = 60_000;

/** `0 min`, `12 min`, `1 h 05`; a negative duration is a clock being corrected and shows as 0. */
export function shortDuration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / minuteMs));
  if (total < 60) return `${total} min`;
  return `${Math.floor(total / 60)} h ${String(total % 60).padStart(2, '0')}`;
}

/** For screen readers and sentences: `1 hour 5 minutes`. */
export function spokenDuration(ms: number): string {
  const total = Math.max(0, Math.floor(ms / minuteMs));
  const hours = Math.floor(total / 60);
  const words = [hours > 0 ? plural(hours, 'hour') : '', plural(total % 60, 'minute')];
  return words.filter(Boolean).join(' ');
}

/** Age of data: seconds below two minutes, then minutes, then hours. */
export function dataAge(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 120) return `${seconds} s`;
  return shortDuration(ms);
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
