//! Azure OpenAI's other endpoints: of a deployment (images, speech), or of the resource (responses, files, batches).

use bytes::Bytes;
use http::HeaderMap;
use url::Url;

use super::openai::endpoints::{Endpoints, place, write};
use crate::error::{Error, Result};
use crate::registry::Endpoint;
use crate::resolve::Target;
use crate::types::{EndpointAnswer, EndpointRequest, Operation};
use crate::wire::{EndpointWire, EventReader, WireRequest};

use Operation as O;

/// What an Azure resource has.
pub(super) const ENDPOINTS: &[Endpoint] = &[(
    &[
        O::Responses,
        O::GetResponse,
        O::DeleteResponse,
        O::CancelResponse,
        O::ListInputItems,
        O::CompactResponses,
        O::ImageGeneration,
        O::ImageEdit,
        O::Transcription,
        O::Speech,
        O::CreateFile,
        O::RetrieveFile,
        O::DeleteFile,
        O::ListFiles,
        O::FileContent,
        O::CreateBatch,
        O::RetrieveBatch,
        O::ListBatches,
        O::CancelBatch,
        O::ListModels,
    ],
    &Azure,
)];

/// Versions that mean the unified address.
const UNIFIED: [&str; 3] = ["v1", "preview", "latest"];

/// OpenAI's dialect at Azure's places.
#[derive(Debug)]
struct Azure;

impl EndpointWire for Azure {
    fn request(&self, target: &Target, request: EndpointRequest) -> Result<WireRequest> {
        let (method, path) = place(&request)?;
        let operation = request.operation;
        let mut target = target.clone();
        // `o_series/` and the like say what the deployment runs; they are no part of its name.
        let deployment = target.model.rsplit('/').next().unwrap_or_default().to_owned();
        target.model.clone_from(&deployment);
        let mut request = write(&target, method, &path, request)?;
        address(&target, operation, &path, &deployment, &mut request.url);
        Ok(request)
    }

    fn response(
        &self,
        target: &Target,
        operation: Operation,
        headers: &HeaderMap,
        body: Bytes,
    ) -> Result<EndpointAnswer> {
        Endpoints.response(target, operation, headers, body)
    }

    fn error(&self, target: &Target, status: u16, headers: HeaderMap, body: Bytes) -> Error {
        Endpoints.error(target, status, headers, body)
    }

    fn events(&self, target: &Target, operation: Operation) -> Option<Box<dyn EventReader>> {
        Endpoints.events(target, operation)
    }
}

/// Whether the deployment is part of the address.
fn of_deployment(operation: Operation) -> bool {
    matches!(
        operation,
        O::ImageGeneration | O::ImageEdit | O::Transcription | O::Speech
    )
}

/// Whether only the unified address has it without a version that says otherwise.
fn of_responses(operation: Operation) -> bool {
    matches!(
        operation,
        O::Responses
            | O::GetResponse
            | O::DeleteResponse
            | O::CancelResponse
            | O::ListInputItems
            | O::CompactResponses
    )
}

fn address(target: &Target, operation: Operation, path: &str, deployment: &str, url: &mut Url) {
    let base = target.base_url.path().trim_end_matches('/');
    let version = target.options.text("api_version");
    let unified = base.ends_with("/openai/v1")
        || (of_responses(operation) && version.is_none_or(|version| UNIFIED.contains(&version)));
    let root = match base.find("/openai") {
        Some(end) => base.get(..end).unwrap_or(base),
        None => base,
    };
    let path = if unified {
        format!("{root}/openai/v1/{path}")
    } else if !of_deployment(operation) {
        format!("{root}/openai/{path}")
    } else if base.contains("/openai/deployments/") {
        format!("{base}/{path}")
    } else {
        format!("{root}/openai/deployments/{deployment}/{path}")
    };
    url.set_path(&path);
    let has_version = url.query_pairs().any(|(name, _)| name == "api-version");
    // At the unified address `v1` is what no version means.
    let version = match version {
        Some("v1") if unified => None,
        None if unified => None,
        version => Some(version.unwrap_or(super::VERSION)),
    };
    if let Some(version) = version.filter(|_| !has_version) {
        url.query_pairs_mut().append_pair("api-version", version);
    }
}
