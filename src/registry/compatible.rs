//! Providers that speak OpenAI's dialect: one row each.

use super::Provider;

pub(super) static ROWS: &[Provider] = &[];
