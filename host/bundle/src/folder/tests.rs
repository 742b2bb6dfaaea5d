//! Which folders a project may give away.

use crate::project::Project;
use crate::testing::{CRM, folder, report};

const KEY: &str =
    "[secrets.crm]\nfrom = 'file:../keys/crm'\norigin = 'https://crm.example'\nheader = 'authorization'\n";

/// What is said of a project whose plugin asks for folders and is granted these.
fn check(grants: &str) -> String {
    let asks = CRM.replace("state = [\"agent\"]", "files = [\"read rates\", \"write out\"]");
    let files = [
        (
            "app/baton.toml",
            format!("[plugins.crm]\npath = \"../plugins/crm\"\ngrants = {{ files = [{grants}] }}\n{KEY}"),
        ),
        ("plugins/crm/plugin.toml", asks),
        ("plugins/crm/schemas/input.json", "{}".to_owned()),
        ("plugins/crm/src/lib.rs", String::new()),
        ("data/rates/a.csv", String::new()),
        ("data/file", String::new()),
        ("keys/crm", String::new()),
        ("app/.baton/store/db", String::new()),
        ("app/out/inner/x", String::new()),
    ];
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (*path, text.as_str())).collect();
    let folder = folder(&files);
    let real = folder.path().canonicalize().unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink(&real, real.join("app/link")).unwrap();
    match Project::load(&real.join("app")) {
        Ok(project) => {
            let found = project.plugin("crm").unwrap().folders().iter();
            let found = found.map(|(name, path)| format!("{name} = {}\n", path.strip_prefix(&real).unwrap().display()));
            found.collect()
        }
        Err(error) => report(&error, &real),
    }
}

#[test]
fn folders_inside_and_outside_of_the_project_are_found() {
    assert_eq!(check("'read rates at ../data/rates', 'write out at out'"), "out = app/out\nrates = data/rates\n");
    assert_eq!(check("'read rates at link/data'"), "rates = data\n", "a link of the operator's is followed, once");
}

#[test]
fn folders_that_are_not_given_away() {
    let reports = [
        "'read rates at ../data/none'",
        "'read rates at ../data/file'",
        "'read rates at /'",
        "'read rates at .'",
        "'read rates at ..'",
        "'read rates at .baton'",
        "'read rates at .baton/store'",
        "'read rates at link'",
        "'read rates at /proc/self'",
        "'write out at ../plugins'",
        "'write out at ../plugins/crm/src'",
        "'write out at out', 'read rates at out/inner'",
        "'read rates'",
        "'write out at out', 'read rates'",
        "'read rates at ../keys'",
    ];
    insta::assert_snapshot!(reports.map(check).join("\n\n"));
}

#[test]
fn two_grants_of_one_folder_are_one_folder() {
    assert_eq!(check("'write out at out', 'read rates at out'"), "out = app/out\nrates = app/out\n");
}
