//! Pictures of plans: for a terminal, for Mermaid, and as SVG. It does not know how a plan is made.

pub mod mermaid;
pub mod svg;
pub mod text;
