//! A plugin's policy and its answers. It does not know who enforces them, nor in which file a grant stands
//! beyond the two names that people know: `plugin.toml` and `baton.toml`.

use std::sync::Arc;

use crate::effect::Effect;
use crate::grant::{
    AgentCall, AgentsGrant, Capability as _, Grants, Request, StateGrant, ToolCall, ToolsGrant, WantedMount,
};
use crate::name::Name;
use crate::share::Share;

/// Whether a request may be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// It may.
    Allowed,
    /// It may not.
    Denied {
        /// What is missing, for the plugin and for the reader of the run.
        message: String,
        /// What to write where so that it is allowed, for the operator.
        hint: String,
    },
}

/// A call of another plugin.
#[derive(Clone, Copy, Debug)]
pub enum Call<'a> {
    /// Of a function of it.
    Tool(ToolCall<'a>),
    /// Of its agent.
    Agent(AgentCall<'a>),
}

/// What one plugin of a project may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    plugin: Name,
    asked: Grants,
    granted: Grants,
    /// Asked and granted, and what a caller may do too if there is a bound.
    effective: Grants,
    bound: Option<Bound>,
}

/// For whom a plugin acts.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Bound {
    caller: Arc<Policy>,
    called: Called,
}

/// What a caller called.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Called {
    Tool { name: String, effect: Effect },
    Agent { name: String, share: Share },
}

impl Policy {
    /// Makes a plugin's policy from what its manifest asks and what the operator grants.
    #[must_use]
    pub fn new(plugin: Name, asked: Grants, granted: Grants) -> Self {
        let effective = Grants::effective(&asked, &granted);
        // A quota that is not written is not shown as if it were: what it means is in the effective set.
        let granted = Grants { state: granted.state.clone(), ..granted.settled() };
        Policy { plugin, asked, granted, effective, bound: None }
    }

    /// The policy of this plugin while it acts for a caller that made this call: what both may do, so that nobody gets
    /// through a tool what is not theirs. A caller may be bounded itself. What is the plugin's own stays: its state of
    /// scope `agent` is its identity, not its caller's.
    #[must_use]
    pub fn bounded_by(&self, caller: &Arc<Policy>, call: Call<'_>) -> Self {
        let bound = Bound { caller: Arc::clone(caller), called: call.into() };
        Policy { effective: self.effective.within(&caller.effective), bound: Some(bound), ..self.clone() }
    }

    /// Whether what the plugin calls acts with its own grants alone: the operator said `as itself`, here and to everybody
    /// for whom the plugin acts.
    #[must_use]
    pub fn delegates(&self, call: Call<'_>) -> bool {
        match call {
            Call::Tool(call) => self.effective.tools.delegates(call),
            Call::Agent(call) => self.effective.agents.delegates(call),
        }
    }

    /// The plugin, and those for whom it acts, the nearest first.
    pub fn chain(&self) -> impl Iterator<Item = &Name> {
        std::iter::successors(Some(self), |policy| Some(policy.bound.as_ref()?.caller.as_ref())).map(Policy::plugin)
    }

    /// The plugin's name in the project.
    #[must_use]
    pub fn plugin(&self) -> &Name {
        &self.plugin
    }

    /// What the plugin's manifest asks.
    #[must_use]
    pub fn asked(&self) -> &Grants {
        &self.asked
    }

    /// What the operator grants, settled, but for quotas of state that are left open.
    #[must_use]
    pub fn granted(&self) -> &Grants {
        &self.granted
    }

    /// What the plugin may do: asked and granted, what the grant leaves open settled; and for a caller, what the caller may do too.
    #[must_use]
    pub fn effective(&self) -> &Grants {
        &self.effective
    }

    /// Decides a request. An allowed one allocates nothing.
    #[must_use]
    pub fn decide(&self, request: &Request<'_>) -> Decision {
        if self.effective.allows(request) { Decision::Allowed } else { self.deny(request) }
    }

    /// What the plugin could have and does not have while it acts for its caller, of what is there before it asks: each
    /// folder and variable with the reason and the line to add.
    #[must_use]
    pub fn withheld(&self) -> Vec<String> {
        if self.bound.is_none() {
            return Vec::new();
        }
        let own = Grants::effective(&self.asked, &self.granted);
        let (files, environment) =
            (own.files.except(&self.effective.files), own.environment.except(&self.effective.environment));
        let folders = files.mounts().map(|mount| WantedMount { name: mount.name.as_str(), access: mount.access });
        let folders = folders.map(|mount| Request::Files { mount });
        let variables = environment.names().map(|name| Request::Environment { name });
        let denied = folders.chain(variables).filter_map(|request| match self.deny(&request) {
            Decision::Denied { message, hint } => Some(format!("{message} ({hint})")),
            Decision::Allowed => None,
        });
        denied.collect()
    }

    #[cold]
    fn deny(&self, request: &Request<'_>) -> Decision {
        match &self.bound {
            Some(bound) if Grants::effective(&self.asked, &self.granted).allows(request) => {
                bound.deny(&self.plugin, request)
            }
            _ => self.deny_plugin(request),
        }
    }

    /// The plugin itself may not.
    fn deny_plugin(&self, request: &Request<'_>) -> Decision {
        let Policy { plugin, asked, granted, .. } = self;
        let what = request.describe();
        let Some(needed) = request.needed() else { return malformed(plugin, request, &what) };
        if asked.allows(request) {
            // Of a scope that is asked for in part, that part.
            let needed = Grants { state: asked.state.intersect(&needed.state), ..needed };
            return Decision::Denied {
                message: format!("`{plugin}` may not use {what}: asked for in its plugin.toml but not granted"),
                hint: self.lines(&needed, None, Some(granted)),
            };
        }
        Decision::Denied {
            message: format!("`{plugin}` may not use {what}: not asked for in its plugin.toml"),
            hint: self.lines(&needed, Some(asked), (!granted.allows(request)).then_some(granted)),
        }
    }

    /// The lines of both files, where they must be widened, with what is needed.
    fn lines(&self, needed: &Grants, asked: Option<&Grants>, granted: Option<&Grants>) -> String {
        let ask = asked.map(|asked| format!("in its plugin.toml, under [asks]: {}", line(asked, needed)));
        let grant = granted.map(|granted| {
            // As above: a quota is written only where one must be.
            let needed = Grants { state: needed.state.clone(), ..needed.settled() };
            let grants = granted.union(&needed).completed();
            format!("in baton.toml, under [plugins.{}]: grants = {grants}", self.plugin)
        });
        ask.into_iter().chain(grant).collect::<Vec<_>>().join("; and ")
    }

    /// What to write where so that the plugin has so much state, for whomever it acts; for the operator.
    #[must_use]
    pub fn hint_to_fill(&self, state: &StateGrant) -> String {
        let granted = Grants { state: self.granted.state.settled(), ..self.granted.clone() };
        let lacks = |grants: &Grants| !state.except(&grants.state).is_empty();
        let needed = Grants { state: state.clone(), ..Grants::default() };
        let mine = self.lines(&needed, lacks(&self.asked).then_some(&self.asked), lacks(&granted).then_some(&granted));
        let callers = self.bound.as_ref().map(|bound| bound.caller.hint_to_fill(&state.except(&state.own())));
        let lines = [Some(mine), callers].into_iter().flatten();
        lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("; and ")
    }
}

impl Bound {
    /// The plugin may do it, and not for this caller, or not for that one's caller.
    fn deny(&self, plugin: &Name, request: &Request<'_>) -> Decision {
        let caller = &self.caller;
        match &caller.bound {
            Some(bound) if Grants::effective(&caller.asked, &caller.granted).allows(request) => {
                bound.deny(plugin, request)
            }
            _ => Decision::Denied {
                message: format!(
                    "`{plugin}` may not use {what} for `{caller}`, which {called} and may not use it itself",
                    what = request.describe(),
                    caller = caller.plugin,
                    called = self.called.as_told(),
                ),
                hint: self.hint(request),
            },
        }
    }

    /// The operator lets the plugin act as itself, or grants the caller what it is called for. Of the caller's grants only
    /// those concerned are shown: who is denied reads it too.
    fn hint(&self, request: &Request<'_>) -> String {
        let caller = &self.caller;
        let place = format!("in baton.toml, under [plugins.{}], in `grants`", caller.plugin);
        let itself = line(&caller.granted, &self.called.as_itself());
        let needed = request.needed().unwrap_or_default().completed();
        let mut hint =
            format!("{place}: {itself}; or, so that it may do it itself: {}", line(&caller.granted, &needed));
        if !caller.asked.allows(request) {
            let ask = line(&caller.asked, &request.needed().unwrap_or_default());
            hint.push_str(&format!(", and in its plugin.toml, under [asks]: {ask}"));
        }
        hint
    }
}

impl Called {
    /// What the caller did.
    fn as_told(&self) -> String {
        match self {
            Called::Tool { name, .. } => format!("called `{name}`"),
            Called::Agent { .. } => "gave it work".to_owned(),
        }
    }

    /// The grant of the caller that lets what it called act as itself.
    fn as_itself(&self) -> Grants {
        match self {
            Called::Tool { name, effect } => {
                let tools = ToolsGrant::needed(ToolCall { name, effect: *effect }).unwrap_or_default().as_ask();
                Grants { tools, ..Grants::default() }
            }
            Called::Agent { name, share } => {
                let agents = AgentsGrant::needed(AgentCall { name, share: *share }).unwrap_or_default().as_ask();
                Grants { agents, ..Grants::default() }
            }
        }
    }
}

impl From<Call<'_>> for Called {
    fn from(call: Call<'_>) -> Self {
        match call {
            Call::Tool(ToolCall { name, effect }) => Called::Tool { name: name.to_owned(), effect },
            Call::Agent(AgentCall { name, share }) => Called::Agent { name: name.to_owned(), share },
        }
    }
}

/// What a plugin has of the capability that it also needs, as it would have to be written.
fn line(has: &Grants, needed: &Grants) -> String {
    let key = |entries: &[(&'static str, String)]| entries.first().map(|entry| entry.0);
    let needed_key = key(&needed.written());
    let entries = has.union(needed).written();
    let lines = entries.iter().filter(|entry| Some(entry.0) == needed_key);
    lines.map(|(key, value)| format!("{key} = {value}")).collect()
}

fn malformed(plugin: &Name, request: &Request<'_>, what: &str) -> Decision {
    Decision::Denied {
        message: format!("`{plugin}` may not use {what}: there is no such thing"),
        hint: format!("no grant can allow it: {}", request.form()),
    }
}

#[cfg(test)]
mod tests;
