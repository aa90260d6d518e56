// Runs under whatever Node the machine has, before anything else does: the scripts need the one that `npm ci` brings.
const major = Number(process.versions.node.split('.')[0]);
if (major < 24) {
  console.error(
    `This runs on Node 24, which comes with the dependencies, and found Node ${process.versions.node}.\n` +
      'Run: npm ci\n' +
      'If it still says so, this platform has no packaged Node 24: install Node 24 or newer yourself.',
  );
  process.exit(1);
}
