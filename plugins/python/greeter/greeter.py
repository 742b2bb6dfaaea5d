"""Greets: the same small agent as in `typescript/greeter`, to show that the contract suits both languages."""

import json

from componentize_py_types import Err
from wit_world.imports import clock, log, random, state, tools, types


class Agent:
    """The agent; componentize-py wants the class named as the interface."""

    def run(self, task) -> str:
        name = json.loads(task.input).get("name", "")
        if not name:
            raise Err(types.Failure_Invalid("the name is empty"))
        log.write(log.Level.INFO, f"greeting {name}")
        count = self.count(name)
        return json.dumps(
            {
                "greeting": f"Good day, {name}.",
                "count": count,
                "now": clock.now(),
                "random": list(random.bytes(4)),
                "tools": [tool.name for tool in tools.list()],
            }
        )

    def count(self, name: str) -> int:
        """Counts the greetings of a name, in the plugin's own state."""
        scope = state.Scope_Agent()
        try:
            before = json.loads(state.get(scope, name) or "0")
            state.set(scope, name, json.dumps(before + 1), None)
        except Err as error:
            raise Err(types.Failure_Declined(error.value.value)) from error
        return before + 1
