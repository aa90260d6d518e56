/** Every contestant once per round, each round in another order, so that no one always meets the warm machine. */
export async function alternate<Name extends string>(
  rounds: number,
  names: readonly Name[],
  run: (name: Name, round: number) => Promise<void>,
): Promise<void> {
  for (let round = 0; round < rounds; round += 1) {
    const turned = [...names.slice(round % names.length), ...names.slice(0, round % names.length)];
    for (const name of turned) await run(name, round);
  }
}
