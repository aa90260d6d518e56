/**
 * A zone where it is about noon now: a system that runs on the real clock then has hours of the same local day before
 * and behind it, whenever the tests run.
 */
export function middayZone(now = Date.now()): string {
  const utcHour = new Date(now).getUTCHours();
  const behind = 12 - utcHour;
  // The signs of these names are those of POSIX: Etc/GMT+5 lies five hours west of Greenwich.
  return behind === 0 ? 'Etc/GMT' : `Etc/GMT${behind > 0 ? '-' : '+'}${Math.abs(behind)}`;
}
