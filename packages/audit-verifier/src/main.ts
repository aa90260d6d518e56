import { runVerifier } from './run-verifier.ts';

const { text, exitCode } = await runVerifier(process.argv.slice(2));
(exitCode === 2 ? process.stderr : process.stdout).write(`${text}\n`);
process.exitCode = exitCode;
