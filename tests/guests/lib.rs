//! Nothing of its own: each guest is an example of this package, so that each becomes a component.
