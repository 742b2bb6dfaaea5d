//! What would be right instead of what is wrong: a line for each error. It does not say what is wrong.

use std::path::Path;

use baton_policy::Name;

use super::{Error, Fault};
use crate::acceptance::Refusal;
use crate::secret::Source;

impl Error {
    /// What would be right, in a line.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::Unreadable { named_by, .. } => Some(format!("it is {named_by}")),
            Error::TooLarge { .. } | Error::NotAComponent { .. } => None,
            Error::Text { hint, .. } => hint.clone(),
            Error::Outside { .. } => Some("name a file inside the folder of plugin.toml".to_owned()),
            Error::NotBuilt { buildable: true, .. } => Some("run `baton build`".to_owned()),
            Error::NotBuilt { buildable: false, .. } => {
                Some("its plugin.toml has no [build], so put the component there".to_owned())
            }
            Error::CoreModule { path } => {
                Some(format!("build it for wasm32-wasip2, or run `wasm-tools component new {}`", path.display()))
            }
            Error::Mismatch { plugin, found, .. } => {
                Some(format!("if the change is meant, in baton.toml, under [plugins.{plugin}]: digest = \"{found}\""))
            }
            Error::NoPlugin { name, known } => crate::text::suggestion(name, known.iter().map(Name::as_str)),
            Error::NoWorkflow { .. } => Some("add a line such as workflow = \"main.workflow.yaml\"".to_owned()),
            Error::Folder { .. } => {
                Some("grant a folder that is there, and has nothing in it but what the plugin works with".to_owned())
            }
            Error::NothingMade { .. } => {
                Some("`component` in its plugin.toml must name what the build makes".to_owned())
            }
            Error::Refused { folder, refusals } => Some(format!("if that is meant: {}", accept(folder, refusals))),
            Error::Stale { .. } => Some("run without --locked, and commit the file".to_owned()),
            Error::Unwritable { .. } => {
                Some("it lies beside baton.toml; --locked needs it to be there already".to_owned())
            }
            Error::Swapped { .. } => Some("try again; whatever puts components there should be done before".to_owned()),
            Error::NotThawed { .. } => Some("use the version of baton that deployed it, or deploy it anew".to_owned()),
            Error::Secret { from: Source::Environment(variable), .. } => Some(format!(
                "{variable} must be a text of one line, set where baton is started; or grant the secret to nobody"
            )),
            Error::Secret { from: Source::File(path), .. } => Some(format!(
                "it must be a text of one line that only its owner may read: chmod 600 {}",
                path.display()
            )),
        }
    }

    /// The same about a lock: whatever is wrong with it, what can be done is the same.
    pub(crate) fn of_lock(self) -> Self {
        match self {
            Error::Text { place, fault: Fault::Version, message, .. } => {
                let hint = Some("use the version of baton that wrote it".to_owned());
                Error::Text { place, fault: Fault::Version, message, hint }
            }
            Error::Text { place, fault, message, .. } => {
                Error::Text { place, fault, message, hint: Some(RESTORE.to_owned()) }
            }
            other => other,
        }
    }
}

/// What can be done about a lock that cannot be read.
const RESTORE: &str = "restore it from version control; or look through `baton.toml` and delete the lock: \
    the next run accepts the plugins as they are then";

/// The command that accepts what was refused.
fn accept(folder: &Path, refusals: &[Refusal]) -> String {
    let plugins: Vec<&str> = refusals.iter().map(|refusal| refusal.plugin.as_str()).collect();
    let command = format!("baton grants accept {}", plugins.join(" "));
    match folder.to_str() {
        Some("" | ".") => command,
        _ => format!("{command} --project '{}'", folder.display()),
    }
}
