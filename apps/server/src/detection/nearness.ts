/** What is known of a record that was opened and of who opened it, for the rules about curiosity (UT-1). */
import { closenessOf, nearDaysMax, type SignalKind } from '@workflow-bolt/domain';

export type Opening = {
  clinic: string;
  visitId: string;
  readerName: string;
  patientName: string | null;
  /** Null until the patient behind the visit is known. */
  patientKey: string | null;
  /** Day of the visit, and today where the clinic is (YYYY-MM-DD). */
  day: string;
  today: string;
};

export type NearnessSources = {
  /** Names of everyone who can sign in. Throws Fault. */
  colleagueNames: () => Promise<readonly string[]>;
  /** Days whose boards have shown this patient. Throws Fault. */
  daysOf: (clinic: string, patientKey: string) => Promise<readonly string[]>;
};

/** Somebody new is a colleague after so long. */
const namesKeptMs = 60_000;
const dayMs = 86_400_000;

export class Nearness {
  readonly #sources: NearnessSources;
  #names: { at: number; list: Promise<readonly string[]> } | null = null;

  constructor(sources: NearnessSources) {
    this.#sources = sources;
  }

  /** Throws Fault. */
  async kindsOf(opening: Opening): Promise<SignalKind[]> {
    const { readerName, patientName, today } = opening;
    const [colleagueNames, visitDays] = await Promise.all([this.#colleagueNames(), this.#visitDays(opening)]);
    return closenessOf({ readerName, colleagueNames, patientName, visitDays, today });
  }

  /** The record of a day near by needs no other reason; most are. */
  async #visitDays({ clinic, patientKey, day, today }: Opening): Promise<readonly string[]> {
    const isNear = Math.abs(Date.parse(day) - Date.parse(today)) <= nearDaysMax * dayMs;
    if (isNear || patientKey === null) return [day];
    return [day, ...(await this.#sources.daysOf(clinic, patientKey))];
  }

  #colleagueNames(): Promise<readonly string[]> {
    const known = this.#names;
    if (known && performance.now() - known.at < namesKeptMs) return known.list;
    const list = this.#sources.colleagueNames();
    this.#names = { at: performance.now(), list };
    // What could not be read is asked for again by the next one.
    list.catch(() => {
      if (this.#names?.list === list) this.#names = null;
    });
    return list;
  }
}
