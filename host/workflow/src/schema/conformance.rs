//! JSON Schema's own test suite, draft 2020-12. A case passes, or its schema is refused when it is loaded; no verdict is
//! ever another than the suite's.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::path::Path;

use serde_json::Value;

use super::Schema;
use crate::suites;

/// What the cases of one file came to.
#[derive(Clone, Copy, Default)]
struct Counts {
    pass: usize,
    /// The schema is refused.
    refused: usize,
    /// The case says that a format is not checked, and it is.
    asserted: usize,
}

/// What all files came to.
#[derive(Default)]
struct Judged {
    files: BTreeMap<String, Counts>,
    /// Why schemas are refused, and which.
    gaps: BTreeMap<String, Vec<String>>,
    wrong: Vec<String>,
}

#[test]
fn no_verdict_is_another_than_the_suites() {
    let Some(folder) = suites::folder("json-schema/tests/draft2020-12") else { return };
    let mut judged = Judged::default();
    for inner in ["", "optional", "optional/format"] {
        let mut files: Vec<_> = std::fs::read_dir(folder.join(inner)).expect("there are tests").flatten().collect();
        files.sort_by_key(std::fs::DirEntry::path);
        let files =
            files.iter().map(std::fs::DirEntry::path).filter(|path| path.extension().is_some_and(|e| e == "json"));
        files.for_each(|path| judged.file(inner, &path));
    }
    assert!(judged.wrong.is_empty(), "{} are wrong:\n{}", judged.wrong.len(), judged.wrong.join("\n"));
    suites::compare_with_readme("json-schema", &judged.table());
}

impl Judged {
    fn file(&mut self, folder: &str, path: &Path) {
        let name = path.file_stem().and_then(|name| name.to_str()).expect("a file has a name");
        let name = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let text = std::fs::read_to_string(path).expect("the file can be read");
        let groups: Vec<Value> = serde_json::from_str(&text).expect("the file is JSON");
        groups.iter().for_each(|group| self.group(&name, group));
    }

    fn group(&mut self, file: &str, group: &Value) {
        let cases = group["tests"].as_array().expect("a group has cases");
        let schema = match Schema::compile(file, &group["schema"]) {
            Ok(schema) => schema,
            Err(message) => {
                self.files.entry(file.to_owned()).or_default().refused += cases.len();
                let named = format!("{file}: {}", group["description"].as_str().unwrap_or_default());
                return self.gaps.entry(without_names(&message)).or_default().push(named);
            }
        };
        for case in cases {
            let is_valid = schema.check(&case["data"]).is_ok();
            let counts = self.files.entry(file.to_owned()).or_default();
            if Some(is_valid) == case["valid"].as_bool() {
                counts.pass += 1;
            } else if file == "format" && !is_valid {
                counts.asserted += 1;
            } else {
                self.wrong.push(format!("{file}: {}: {} is {is_valid}", group["description"], case["description"]));
            }
        }
    }

    /// The table of `README.md`, and the gaps.
    fn table(&self) -> String {
        let mut text = String::from("\n| file | pass | refused at load | format asserted |\n|---|---|---|---|\n");
        let mut all = Counts::default();
        for (file, counts) in &self.files {
            all.pass += counts.pass;
            all.refused += counts.refused;
            all.asserted += counts.asserted;
            row(&mut text, file, *counts);
        }
        row(&mut text, "**all**", all);
        text.push_str("\nSchemas refused at load:\n\n");
        for (message, schemas) in &self.gaps {
            let named = schemas.join("; ");
            writeln!(text, "- “{message}”: {} ({named})", schemas.len()).expect("writing to a text does not fail");
        }
        text.push('\n');
        text
    }
}

/// A message without the place that it quotes.
fn without_names(message: &str) -> String {
    let parts = message.split('`').map(|part| if part.starts_with("http://localhost") { "…" } else { part });
    parts.collect::<Vec<_>>().join("`")
}

fn row(text: &mut String, name: &str, counts: Counts) {
    let counts = [counts.pass, counts.refused, counts.asserted];
    let counts = counts.map(|count| if count == 0 { "-".to_owned() } else { count.to_string() });
    writeln!(text, "| {name} | {} |", counts.join(" | ")).expect("writing to a text does not fail");
}
