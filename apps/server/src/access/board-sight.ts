import type { OpenGlass, Principal, ViewKind } from '@workflow-bolt/contracts';
import { caredFor, createProjection, type Projection, type Reader, viewOf } from '@workflow-bolt/domain';
import type { BoardHost } from '@workflow-bolt/store';

/** Projections kept; one is a few kilobytes, and a clinic day knows about ten. */
const keptMax = 1_000;

/**
 * What each reader sees of each board. Readers who see the same get the very same projection: what is encoded for it
 * is encoded once, whoever and how many they are.
 */
export class BoardSight {
  readonly #projections = new Map<string, Projection>();
  readonly #cared = new WeakMap<BoardHost, Map<string, { seq: number; ids: string[] }>>();

  /** What this principal sees of this board now. */
  of(host: BoardHost, principal: Principal, kind: ViewKind = 'staff'): Projection {
    const reader = this.#readerOf(host, principal, kind);
    const { clinic, date } = host.board;
    const key = `${clinic} ${date} ${viewOf(reader)}`;
    const known = this.#projections.get(key);
    if (known) return known;
    const fresh = createProjection(reader, date);
    if (this.#projections.size >= keptMax) this.#projections.clear();
    this.#projections.set(key, fresh);
    return fresh;
  }

  #readerOf(host: BoardHost, { roles, openGlass }: Principal, kind: ViewKind): Reader {
    // A display has no eyes but those of a wall, whatever it asks for.
    if (kind === 'wall' || roles.includes('display')) {
      return { kind: 'wall', roles: ['display'], care: [], glass: [] };
    }
    return { kind, roles, care: this.#caredFor(host, roles), glass: glassOn(host, openGlass) };
  }

  /** Counted anew only when the board has moved. */
  #caredFor(host: BoardHost, roles: Principal['roles']): string[] {
    const { seq } = host.position;
    const byRoles = this.#cared.get(host) ?? new Map<string, { seq: number; ids: string[] }>();
    this.#cared.set(host, byRoles);
    const key = roles.join();
    const known = byRoles.get(key);
    if (known?.seq === seq) return known.ids;
    const ids = caredFor(host.state, roles);
    byRoles.set(key, { seq, ids });
    return ids;
  }
}

/** Visits of this board that this reader may see in an emergency. */
function glassOn({ board }: BoardHost, open: readonly OpenGlass[]): string[] {
  const here = open.filter(({ clinic, date }) => clinic === board.clinic && date === board.date);
  return [...new Set(here.map(({ visitId }) => visitId))].sort();
}
