//! The one error of this crate: a written text that means nothing here. It does not know in which file the text stood.

use crate::grant::{
    AgentsGrant, Capability, EnvironmentGrant, EventsGrant, FilesGrant, HttpGrant, PeopleGrant, StateGrant, ToolsGrant,
};

/// A text of a manifest or a project that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// It is not the name of a plugin or a room.
    #[error("`{0}` is not a name")]
    Name(String),
    /// It is not the name of a tool.
    #[error("`{0}` is not the name of a tool")]
    Tool(String),
    /// It is not a grant of an agent.
    #[error("`{0}` is not a grant of an agent")]
    Agent(String),
    /// It is not a grant of people.
    #[error("`{0}` is not a grant of people")]
    People(String),
    /// It is not a grant of events.
    #[error("`{0}` is not a grant of events")]
    Events(String),
    /// It is not a share.
    #[error("`{0}` is not a share")]
    Share(String),
    /// It is not a grant of state.
    #[error("`{0}` is not a grant of state")]
    State(String),
    /// It is not a folder with its name.
    #[error("`{0}` is not the grant of a folder")]
    Files(String),
    /// It is not a variable.
    #[error("`{0}` is not a variable of the environment")]
    Variable(String),
    /// Two folders or variables of one name.
    #[error("`{0}` is there twice")]
    Twice(String),
    /// A grant does not say which folder it means.
    #[error("`{0}` does not say which folder is granted")]
    NoFolder(String),
    /// A grant does not say what a variable is.
    #[error("`{0}` does not say what the variable is")]
    NoValue(String),
    /// It is not an entry of a grant of http.
    #[error("`{text}` is not a grant of http: {problem}")]
    Http {
        /// The text.
        text: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// It is not a request that can be made.
    #[error("`{text}` cannot be requested: {problem}")]
    Url {
        /// The method and the URL.
        text: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// It is not a quantity.
    #[error("`{text}` is not {what}")]
    Quantity {
        /// The text.
        text: String,
        /// What it should have been: `an amount of fuel`.
        what: &'static str,
        /// How such a quantity is written.
        form: &'static str,
    },
}

impl Error {
    /// What would be right.
    #[must_use]
    pub fn hint(&self) -> &'static str {
        match self {
            Error::Name(_) => "a name is a small letter, then small letters, digits and `-`, at most 64 in all",
            Error::Tool(_) => ToolsGrant::FORM,
            Error::Agent(_) => AgentsGrant::FORM,
            Error::People(_) => PeopleGrant::FORM,
            Error::Events(_) => EventsGrant::FORM,
            Error::Share(_) => "a share is a whole number of percent from `1%` to `100%`",
            Error::State(_) => StateGrant::FORM,
            Error::Files(_) => FilesGrant::FORM,
            Error::Variable(_) => EnvironmentGrant::FORM,
            Error::Twice(_) => "the guest sees one of each name: leave one out, or give it another name",
            Error::NoFolder(_) => "write `at` and the folder after it, such as read rates at data/rates",
            Error::NoValue(_) => "write `=` and the value after it, such as REGION=eu-west",
            Error::Http { .. } => HttpGrant::FORM,
            Error::Url { .. } => {
                "a request is a method in capital letters and a URL such as `https://api.example.com/v1/x?y=z`"
            }
            Error::Quantity { form, .. } => form,
        }
    }

    /// The error with its hint, for a reader of files that has one line to say both.
    pub(crate) fn to_serde<E: serde::de::Error>(&self) -> E {
        E::custom(format_args!("{self}: {}", self.hint()))
    }
}
