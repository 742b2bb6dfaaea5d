//! What the program says, in one test binary. Runs of the real example are tested in the workspace's `tests`.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod ask;
mod errors;
mod graph;
mod help;
mod lookup;
mod program;
mod replay;
mod runs;
mod served;
mod show;
mod store;
mod story;
mod versions;

#[test]
fn no_file_of_this_folder_is_forgotten() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/cli");
    let listed = include_str!("main.rs");
    for file in std::fs::read_dir(folder).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        if let Some(module) = name.strip_suffix(".rs").filter(|module| *module != "main") {
            assert!(listed.contains(&format!("mod {module};")), "{name} is not in main.rs");
        }
    }
}
