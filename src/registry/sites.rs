//! Base URLs that depend on an account.

use super::Call;
use crate::auth::aws;
use crate::error::{Error, Result};

/// Cloudflare's Workers AI of an account.
pub(super) fn cloudflare(call: &Call<'_>) -> Result<String> {
    let account = account(call, "CLOUDFLARE_ACCOUNT_ID")?;
    Ok(format!(
        "https://api.cloudflare.com/client/v4/accounts/{account}/ai/v1"
    ))
}

/// Snowflake's API of an account.
pub(super) fn snowflake(call: &Call<'_>) -> Result<String> {
    let account = account(call, "SNOWFLAKE_ACCOUNT_ID")?;
    Ok(format!("https://{account}.snowflakecomputing.com/api/v2"))
}

/// Bedrock's servers of OpenAI's dialect, one per region.
pub(super) fn bedrock_mantle(call: &Call<'_>) -> Result<String> {
    let region = aws::region(call)?;
    Ok(format!("https://bedrock-mantle.{region}.api.aws/v1"))
}

// The account becomes part of an address: what could lead elsewhere is none.
fn account(call: &Call<'_>, variable: &str) -> Result<String> {
    let given = call.around.env(variable).ok_or_else(|| {
        let base = call.provider.base_env.first().copied().unwrap_or_default();
        Error::bad_request(format!(
            "{} needs an account: set {variable} or {base}, or pass `api_base`",
            call.provider.name
        ))
    })?;
    let fits = given
        .bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    if fits {
        Ok(given)
    } else {
        Err(Error::bad_request(format!("{variable} is not an account")))
    }
}
