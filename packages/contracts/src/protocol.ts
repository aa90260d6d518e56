/**
 * Version of everything said on a wire. `protocol.test.ts` pins the hash of all wire schemas beside it:
 * when that test fails, decide whether the change is compatible, raise the version if not, and add a line.
 *
 * History
 * - 1: first version.
 *   Closing a day: commands startDayClose, closeDay, reopenDay and their events; older clients show the day as it is.
 *   Alerts of the rules KEY-1 and BTG-1; a page that does not know them shows their ids. Wall displays ask who they are.
 *   Views are named for what a role may see (`staff-nurse`); a client sends back what it got, older ones too.
 *   Write-back: what it found stands on the visit (`ehrWrite`, more of `conflict`) and its mode on the day; commands
 *   retryWrite, settleWrite, setWriteBack; the route of the clinic's switch. A page that does not know them shows the conflict as before. What the EHR
 *   found may leave the board where it is: `suggestedStatus` is then null. `steadySince` says which earlier versions of a
 *   visit say the same; a page that does not know it names the present one.
 *   Comparison with the EHR (`reconcile`, `drift`) and the queues of jobs: new addresses and one new job.
 *   Heartbeats say how the system stands (`system`); two addresses say it too, with every dependency and process.
 *   Alerts of the rules HT-3, UT-1C, UT-1S, UT-1F, BTG-1U, REV-1 and AUD-2; the witness as a dependency with its reason.
 *   Reviews of access: two new addresses.
 *   Reports on the record in any order, who works here, identities revealed, and printing: new addresses, actions `print` and
 *   `audit.reveal`, the purpose `identity-reveal`; entries may say how grave they are (`sev`). A report without `format` is JSON, as before.
 *   What a clinic has while the system is away: the reason `roster-late`, and two addresses (half of a key, openings of rosters).
 *   Accounts: who changed one and why, one's own too, and the API tokens of services: five new addresses.
 *   What a review looks at: who has access in a clinic, and what was done with an emergency access: two new addresses.
 *   Keys in use and new ones on demand, deleting let go on after a doubt, the rule UT-2: three new addresses, the action `freeze.lift`.
 */
export const protocolVersion = 1;

/** Version of `evolve`: raise it when folding the same log would give another state. */
export const rulesVersion = 3;
