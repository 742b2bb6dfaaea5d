// Greets: the same small agent as in `python/greeter`, to show that the contract suits both languages.

import { now } from 'baton:plugin/clock@0.1.0';
import { write } from 'baton:plugin/log@0.1.0';
import { bytes } from 'baton:plugin/random@0.1.0';
import { get, set } from 'baton:plugin/state@0.1.0';
import { list } from 'baton:plugin/tools@0.1.0';

interface Task {
  input: string;
}

const own = { tag: 'agent' } as const;

/** Counts the greetings of a name, in the plugin's own state. */
function count(name: string): number {
  try {
    const before = JSON.parse(get(own, name) ?? '0') as number;
    set(own, name, JSON.stringify(before + 1), undefined);
    return before + 1;
  } catch (error) {
    throw { tag: 'declined', val: (error as { payload: { val: string } }).payload.val };
  }
}

export const agent = {
  run(task: Task): string {
    const { name } = JSON.parse(task.input) as { name?: string };
    if (!name) throw { tag: 'invalid', val: 'the name is empty' };
    write('info', `greeting ${name}`);
    return JSON.stringify({
      greeting: `Good day, ${name}.`,
      count: count(name),
      now: Number(now()),
      random: Array.from(bytes(4)),
      tools: list().map((tool: { name: string }) => tool.name),
    });
  },
};
