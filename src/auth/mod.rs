//! Authentication that is more than a key in a header: signatures and short-lived tokens. It runs for every attempt, on
//! the bytes that will be sent.

pub mod aws;
pub mod entra;
pub mod google;
pub mod token;

use std::pin::Pin;

use http::HeaderMap;

use crate::error::{Error, Result};
use crate::options::ProviderOptions;
use crate::registry::Call;
use crate::resolve::Target;
use crate::transport::Connection;
use crate::wire::WireRequest;

/// Headers that prove who asks, for one attempt at one request.
pub type Signed<'a> = Pin<Box<dyn Future<Output = Result<HeaderMap>> + Send + 'a>>;

/// A way to authenticate that depends on the request or on a service that gives out tokens.
pub trait Sign: Send + Sync {
    /// Puts into `options` what the environment and the module's attributes say about credentials, before anything is
    /// sent.
    ///
    /// # Errors
    /// What can be known to be wrong by then.
    fn gather(&self, _call: &Call<'_>, _options: &mut ProviderOptions) -> Result<()> {
        Ok(())
    }

    /// The headers to add to `request`. `connection` leads to the provider's network, for those that must ask for a
    /// token first.
    fn sign<'a>(
        &'a self,
        target: &'a Target,
        request: &'a WireRequest,
        connection: &'a Connection,
    ) -> Signed<'a>;

    /// Told that the provider refused a request that carried `proof`. True when it was a token of ours that is forgotten
    /// now, so that the same request with a new one may fare better; it is repeated once.
    fn renews(&self, _target: &Target, _proof: &HeaderMap, _error: &Error) -> bool {
        false
    }
}
