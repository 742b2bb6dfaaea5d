//! What the process is given from outside: every variable that Baton reads is named here, but for those that a project
//! names for its secrets. It does not know what for.

use std::ffi::OsString;
use std::os::unix::fs::MetadataExt as _;
use std::path::PathBuf;

/// Where programs keep what should outlive a restart: <https://specifications.freedesktop.org/basedir-spec/latest/>.
const XDG_STATE_HOME: &str = "XDG_STATE_HOME";
/// The user's home, in which the above is `.local/state` where it is not set.
const HOME: &str = "HOME";
/// Who answers a question, if nothing else is said.
const USER: [&str; 2] = ["USER", "LOGNAME"];

/// The environment of the process. Colours are decided by the terminal's writers, which read `NO_COLOR` and `TERM`.
#[derive(Clone, Debug, Default)]
pub struct Environment {
    /// How the program was called.
    pub program: Option<OsString>,
    /// Where to keep what outlives a restart.
    pub state_home: Option<PathBuf>,
    /// The name of the user.
    pub user: Option<String>,
    /// The folder that the process was started in.
    pub folder: PathBuf,
}

impl Environment {
    /// Reads the environment of the process.
    #[must_use]
    pub fn read() -> Self {
        let absolute = |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
        let home_state = || absolute(HOME).map(|home| home.join(".local/state"));
        let user = |name: &&str| std::env::var_os(name)?.into_string().ok().filter(|user| !user.trim().is_empty());
        Environment {
            program: std::env::args_os().next(),
            state_home: absolute(XDG_STATE_HOME).or_else(home_state),
            user: USER.iter().find_map(user).or_else(account),
            folder: std::env::current_dir().unwrap_or_default(),
        }
    }
}

/// A variable that a project names for a secret; nothing if it is not set, or is no text.
#[must_use]
pub fn secret(variable: &str) -> Option<String> {
    std::env::var_os(variable)?.into_string().ok()
}

/// The name of the account that the process runs as, where there is a list of accounts: containers set no variable.
fn account() -> Option<String> {
    let uid = std::fs::metadata("/proc/self").ok()?.uid().to_string();
    let accounts = std::fs::read_to_string("/etc/passwd").ok()?;
    let fields = |line: &str| line.split(':').map(str::to_owned).collect::<Vec<_>>();
    let mine = accounts.lines().map(fields).find(|fields| fields.get(2) == Some(&uid))?;
    mine.into_iter().next().filter(|name| !name.is_empty())
}
