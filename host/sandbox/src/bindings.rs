//! The contract as Rust, generated from `wit/v0.1`. The traits are implemented in the capabilities' rooms.

wasmtime::component::bindgen!({
    path: "../../wit/v0.1",
    world: "agent-plugin",
    imports: {
        "baton:plugin/agents": async | trappable,
        "baton:plugin/events": async | trappable,
        "baton:plugin/http": async | trappable,
        "baton:plugin/people": async | trappable,
        "baton:plugin/state": async | trappable,
        "baton:plugin/tools": async | trappable,
        default: trappable,
    },
    exports: { default: async },
});
