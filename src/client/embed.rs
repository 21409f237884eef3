//! Embeddings.

use super::call::{Answered, Prepared};
use crate::error::{Error, ErrorKind, Result};
use crate::options::CallOptions;
use crate::params;
use crate::registry;
use crate::resolve::{Surroundings, Target};
use crate::transport::Transport;
use crate::types::{EmbedRequest, EmbeddingResponse};
use crate::wire::EmbedWire;

/// A prepared embedding call.
pub type PreparedEmbed = Prepared<dyn EmbedWire>;

/// Resolves, checks and writes an embedding request.
///
/// # Errors
/// Everything that can be known to be wrong before sending.
pub fn prepare_embed(
    request: EmbedRequest,
    options: CallOptions,
    around: &dyn Surroundings,
) -> Result<PreparedEmbed> {
    request.validate()?;
    let target = Target::resolve(&request.model, &options, around)?;
    let provider = target.provider;
    let about = |error: Error| error.about(provider.name, &target.model);
    let wire = provider.embed.ok_or_else(|| {
        about(Error::new(
            ErrorKind::UnknownProvider,
            format!("{} has no embeddings.", provider.name),
        ))
    })?;
    let mut request = request;
    let rules = provider.embed_rules(&target.model);
    let dropped_params = params::apply(
        &mut request.params,
        rules,
        &options.params,
        provider.name,
        &target.model,
    );
    let mut dropped_params = dropped_params.map_err(about)?;
    dropped_params.extend(registry::foreign_options(provider, &options.provider_options));
    let request = wire.request(&target, request).map_err(about)?;
    Ok(Prepared::new(wire, target, request, options, dropped_params))
}

impl PreparedEmbed {
    /// Sends the call and reads the whole answer.
    ///
    /// # Errors
    /// The last attempt's error.
    pub fn send(
        self,
        transport: &Transport,
    ) -> impl Future<Output = Result<Answered<EmbeddingResponse>>> + Send + 'static {
        let connection = self.connection(transport);
        async move {
            let course = self.course();
            let (body, meta) = self.plain(&connection?, course).await?;
            let answer = self
                .wire
                .response(&self.target, &body)
                .map_err(|error| self.dress(error, &meta))?;
            Ok(Answered { answer, meta })
        }
    }
}
