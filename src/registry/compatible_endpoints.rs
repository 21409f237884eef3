//! What providers that speak OpenAI's dialect have beside chat and embeddings. What is not here is done as chat where
//! there is a bridge, and refused by name where there is none.

use super::Endpoint;
use crate::providers::openai::endpoints::{Endpoints, WITHOUT_RESPONSES};
use crate::providers::rerank::{self, Rerank};
use crate::types::Operation as O;

const RESPONSES_OF: Endpoint = (
    &[
        O::Responses,
        O::GetResponse,
        O::DeleteResponse,
        O::CancelResponse,
        O::ListInputItems,
    ],
    &Endpoints,
);
const MODELS_OF: Endpoint = (&[O::ListModels], &Endpoints);
const COMPLETIONS_OF: Endpoint = (&[O::TextCompletion], &Endpoints);

pub(super) const RESPONSES: &[Endpoint] = &[RESPONSES_OF, MODELS_OF];
pub(super) const COMPLETIONS: &[Endpoint] = &[COMPLETIONS_OF, MODELS_OF];
pub(super) const IMAGES: &[Endpoint] = &[(&[O::ImageGeneration], &Endpoints), MODELS_OF];
pub(super) const SOUND: &[Endpoint] = &[(&[O::Transcription], &Endpoints), MODELS_OF];
pub(super) const IMAGES_AND_SOUND: &[Endpoint] = &[
    (&[O::ImageGeneration, O::Transcription, O::Speech], &Endpoints),
    MODELS_OF,
];

/// A server on one's own machine.
pub(super) const SERVER: &[Endpoint] = &[COMPLETIONS_OF, MODELS_OF];

pub(super) const GROQ: &[Endpoint] = &[
    (
        &[
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
        ],
        &Endpoints,
    ),
    MODELS_OF,
];
pub(super) const XAI: &[Endpoint] = &[
    RESPONSES_OF,
    (&[O::ImageGeneration, O::ImageEdit], &Endpoints),
    MODELS_OF,
];
pub(super) const TOGETHER: &[Endpoint] = &[
    (
        &[O::TextCompletion, O::ImageGeneration, O::Transcription, O::Speech],
        &Endpoints,
    ),
    Rerank::row(&rerank::SERVER),
    MODELS_OF,
];
pub(super) const FIREWORKS: &[Endpoint] = &[COMPLETIONS_OF, Rerank::row(&rerank::SERVER), MODELS_OF];
pub(super) const VLLM: &[Endpoint] = &[
    (
        &[
            O::TextCompletion,
            O::Transcription,
            O::CreateFile,
            O::RetrieveFile,
            O::DeleteFile,
            O::ListFiles,
            O::FileContent,
            O::CreateBatch,
            O::RetrieveBatch,
            O::ListBatches,
            O::CancelBatch,
        ],
        &Endpoints,
    ),
    Rerank::row(&rerank::SERVER),
    MODELS_OF,
];
pub(super) const XINFERENCE: &[Endpoint] = &[
    (
        &[
            O::TextCompletion,
            O::ImageGeneration,
            O::ImageEdit,
            O::ImageVariation,
            O::Transcription,
            O::Speech,
        ],
        &Endpoints,
    ),
    Rerank::row(&rerank::SERVER),
    MODELS_OF,
];
pub(super) const DEEPINFRA: &[Endpoint] = &[
    (
        &[O::TextCompletion, O::ImageGeneration, O::Transcription, O::Speech],
        &Endpoints,
    ),
    Rerank::row(&rerank::DEEPINFRA),
    MODELS_OF,
];
pub(super) const NVIDIA: &[Endpoint] = &[Rerank::row(&rerank::NVIDIA), MODELS_OF];
pub(super) const TEXT_EMBEDDINGS_INFERENCE: &[Endpoint] =
    &[Rerank::row(&rerank::TEXT_EMBEDDINGS_INFERENCE), MODELS_OF];

/// LiteLLM's proxy has what LiteLLM has.
pub(super) const PROXY: &[Endpoint] = &[
    RESPONSES_OF,
    (&[O::CompactResponses, O::Messages], &Endpoints),
    WITHOUT_RESPONSES,
    Rerank::row(&rerank::JINA),
];
