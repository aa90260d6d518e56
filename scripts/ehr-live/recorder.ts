/** Keeps the shapes of a real account's answers, for tests, with every value replaced. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { XmlRefused } from '@workflow-bolt/ehr';
import { type SyntheticAnswer, syntheticAnswer } from './synthetic-answer.ts';
import { type Mixer, newMixer } from './synthetic-value.ts';

export interface RecordedAnswer {
  readonly operation: string;
  readonly status: number;
  /** `xml`, `html` or `other`: a header may hold anything. */
  readonly type: string;
  /** Null for what is no XML: of such nothing is kept. */
  readonly file: string | null;
  readonly rows: number;
  readonly unknownNames: number;
  readonly members: SyntheticAnswer['members'];
}

export class Recorder {
  readonly #mix: Mixer;
  readonly #answers: { readonly recorded: RecordedAnswer; readonly text: string | null }[] = [];

  constructor(mix: Mixer = newMixer()) {
    this.#mix = mix;
  }

  get answers(): readonly RecordedAnswer[] {
    return this.#answers.map(({ recorded }) => recorded);
  }

  take(
    operation: string,
    { status, contentType, text }: { status: number; contentType: string; text: string },
  ): void {
    const made = this.#replace(text);
    const nth = String(this.#answers.length + 1).padStart(2, '0');
    const recorded = {
      operation,
      status,
      type: /xml/i.test(contentType) ? 'xml' : /html/i.test(contentType) ? 'html' : 'other',
      file: made && `${nth}-${operation}.xml`,
      rows: made?.rows ?? 0,
      unknownNames: made?.unknownNames ?? 0,
      members: made?.members ?? {},
    };
    this.#answers.push({ recorded, text: made?.text ?? null });
  }

  /** Writes the answers and a `manifest.json` about them into a folder, which is made. */
  write(folder: string): void {
    mkdirSync(folder, { recursive: true });
    for (const { recorded, text } of this.#answers) {
      if (recorded.file !== null && text !== null) writeFileSync(join(folder, recorded.file), text);
    }
    writeFileSync(join(folder, 'manifest.json'), `${JSON.stringify({ answers: this.answers }, null, 2)}\n`);
  }

  #replace(text: string): SyntheticAnswer | null {
    try {
      return syntheticAnswer(text, this.#mix);
    } catch (error) {
      if (error instanceof XmlRefused) return null;
      throw error;
    }
  }
}
