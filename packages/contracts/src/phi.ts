/**
 * A value that identifies a patient, wrapped so that it cannot be printed by accident: every way in which JavaScript
 * turns a value into text answers `[PHI]`. Whoever needs the value says so with `reveal`.
 */

export const phiText = '[PHI]';
/**
 * Fields that no log may carry, for a logger's own redaction: the second net, behind lists of allowed fields. Only names
 * that mean nothing else.
 */
const phiFieldNames = [
  'fullName',
  'patientName',
  'dob',
  'phone',
  'note',
  'alert',
  'patientKey',
  'patientId',
  'appointmentId',
  'fingerprint',
] as const;
/** As pino wants it: at the top, and one and two levels down. */
export const phiRedaction = {
  paths: phiFieldNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`]),
  censor: '[PHI]',
};

/** Node's hook for `console.log` and template debugging; by name, so that the browser needs no node: module. */
const inspect = Symbol.for('nodejs.util.inspect.custom');

export class Phi<T> {
  readonly #value: T;

  constructor(value: T) {
    this.#value = value;
  }

  /** The value itself. Never pass it to a log, an error, a metric or a key. */
  reveal(): T {
    return this.#value;
  }

  /** The same protection around what `change` makes of the value. */
  map<U>(change: (value: T) => U): Phi<U> {
    return new Phi(change(this.#value));
  }

  toString(): string {
    return phiText;
  }

  toJSON(): string {
    return phiText;
  }

  toLocaleString(): string {
    return phiText;
  }

  [Symbol.toPrimitive](): string {
    return phiText;
  }

  get [Symbol.toStringTag](): string {
    return 'Phi';
  }

  [inspect](): string {
    return phiText;
  }
}
