//! The JSON Schema of what is written as a text, for the manifests' published schemas. It does not know the manifests.

#[doc(hidden)]
pub use schemars;

/// Tells that a type is written as its own `Deserialize` takes it: with the keywords of a JSON Schema.
#[macro_export]
macro_rules! written_as {
    ($type:ty, $keywords:tt) => {
        impl $crate::published::schemars::JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($type).into()
            }

            fn json_schema(
                _: &mut $crate::published::schemars::SchemaGenerator,
            ) -> $crate::published::schemars::Schema {
                $crate::published::schemars::json_schema!($keywords)
            }
        }
    };
}
