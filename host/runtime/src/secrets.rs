//! The secrets of a project as the way out takes them. It does not know where their values were found.

use baton_bundle::secret::FilledSecret;
use baton_egress::{Origin, Secret, SecretError, Secrets};

/// Makes the secrets of a project ready to be put into requests.
///
/// # Errors
/// One cannot be sent as it is written, or two are for the same header of the same origin. No error holds a value.
pub fn secrets(filled: &[FilledSecret]) -> Result<Secrets, SecretError> {
    let mut secrets = Secrets::default();
    for FilledSecret { name, entry, value } in filled {
        let origin = Origin::parse(&entry.origin.to_string())?;
        let value = value.expose().to_owned().into();
        secrets.insert(Secret::new(name.clone(), origin, entry.header.as_str(), entry.template(), value)?)?;
    }
    Ok(secrets)
}
