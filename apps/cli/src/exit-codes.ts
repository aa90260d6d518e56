/** What the end of a command tells a script. The one place; `bolt --help` and docs/cli.md say the same. */
export const exitCodes = {
  ok: 0,
  /** It ran, and the answer is bad: the system is read-only or down. */
  bad: 1,
  /** Flags or files that cannot be used. */
  usage: 2,
  /** Nobody answers, or something that is not our server does. */
  unreachable: 3,
  /** Not signed in, or not permitted. */
  denied: 4,
  /** Works, but not all of it. */
  degraded: 8,
  /** An error in this program. */
  bug: 70,
} as const;
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];
