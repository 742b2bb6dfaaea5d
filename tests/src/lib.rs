//! The promises of Baton, each proved through the real host.
