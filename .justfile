# The five commands people type.

test:
    cargo test --workspace

lint:
    cargo fmt --all && cargo clippy --workspace --all-targets && cd plugins && cargo fmt --all && cargo clippy --workspace --all-targets

run *ARGS:
    cargo run --release -- {{ARGS}}

bench:
    cargo bench --workspace

ci:
    .ci/run
