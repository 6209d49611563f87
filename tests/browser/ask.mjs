// Asks for something to happen in the town: a lamp that fails, a letter, an agent that enrols. tests/browser/hands.rs does it.
//
// Comes in: a deed with what it needs. Goes out: a line "ask {…}" on standard output, and the one line that answers it.

import { createInterface } from "node:readline";

let answers;

export async function ask(deed, more = {}) {
  answers ??= createInterface({ input: process.stdin })[Symbol.asyncIterator]();
  console.log(`ask ${JSON.stringify({ deed, ...more })}`);
  const { value } = await answers.next();
  return JSON.parse(value);
}
