import { TRANSITIONS } from "../../lib/flows/machine";

/** `npm run states`: every flow's table as a Mermaid state diagram. */
for (const [kind, states] of Object.entries(TRANSITIONS)) {
  const first = Object.keys(states)[0] ?? "";
  const lines = Object.entries(states).flatMap(([from, events]) => Object.entries(events).map(([event, to]) => `  ${from} --> ${to}: ${event}`));
  const ends = Object.entries(states).filter(([, events]) => Object.keys(events).length === 0).map(([state]) => `  ${state} --> [*]`);
  process.stdout.write(`%% ${kind}\nstateDiagram-v2\n  [*] --> ${first}\n${[...lines, ...ends].join("\n")}\n\n`);
}
