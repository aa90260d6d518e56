import type { z } from 'zod';
import { ProblemError } from './problem-answer.ts';

/** Enough to correct a form; an attacker's thousand errors are not worth a megabyte of answer. */
const errorsMax = 20;

/** Parses untrusted input. Throws `invalid_request` that names each field by its path, never its value. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown, where: string): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const errors = parsed.error.issues.slice(0, errorsMax).map((issue) => ({
    path: [where, ...issue.path.map(String)].join('.'),
    message: issue.code === 'unrecognized_keys' ? 'unknown field' : issue.message,
  }));
  throw new ProblemError('invalid_request', { errors });
}
