//! Requests and answers of the operations beside chat and embeddings. Their parameters are kept as JSON, in the
//! vocabulary of the operation's first provider (OpenAI's, Cohere's for `rerank`, Anthropic's for `messages`).

use bytes::Bytes;
use serde_json::{Map, Value};

macro_rules! operations {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// What is asked of a provider.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Operation {
            $($(#[$doc])* $name,)*
        }

        impl Operation {
            /// Its name, as the boundary and error messages use it.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }

            /// The operation of that name.
            #[must_use]
            pub fn named(name: &str) -> Option<Self> {
                match name {
                    $($text => Some(Self::$name),)*
                    _ => None,
                }
            }
        }
    };
}

operations! {
    /// A turn of the Responses API.
    Responses = "responses",
    /// Fetches a stored response.
    GetResponse = "get_responses",
    /// Deletes a stored response.
    DeleteResponse = "delete_responses",
    /// Stops a background response.
    CancelResponse = "cancel_responses",
    /// Lists what a stored response was made from.
    ListInputItems = "list_input_items",
    /// Shortens a conversation.
    CompactResponses = "compact_responses",
    /// Judges texts and images.
    Moderation = "moderation",
    /// Continues a text, the API before chat.
    TextCompletion = "text_completion",
    /// Orders documents by relevance.
    Rerank = "rerank",
    /// Makes images from text.
    ImageGeneration = "image_generation",
    /// Changes images.
    ImageEdit = "image_edit",
    /// Varies an image.
    ImageVariation = "image_variation",
    /// Writes down speech.
    Transcription = "transcription",
    /// Speaks a text.
    Speech = "speech",
    /// Stores a file.
    CreateFile = "create_file",
    /// Describes a stored file.
    RetrieveFile = "file_retrieve",
    /// Deletes a stored file.
    DeleteFile = "file_delete",
    /// Lists stored files.
    ListFiles = "file_list",
    /// Fetches a stored file.
    FileContent = "file_content",
    /// Starts a batch of requests.
    CreateBatch = "create_batch",
    /// Describes a batch.
    RetrieveBatch = "retrieve_batch",
    /// Lists batches.
    ListBatches = "list_batches",
    /// Stops a batch.
    CancelBatch = "cancel_batch",
    /// Lists the models that a key may use.
    ListModels = "list_models",
    /// A turn of Anthropic's Messages API.
    Messages = "messages",
}

impl Operation {
    /// Whether it is about something stored, or about nothing a model does, and so needs no model.
    #[must_use]
    pub fn needs_model(self) -> bool {
        use Operation as O;
        matches!(
            self,
            O::Responses
                | O::CompactResponses
                | O::TextCompletion
                | O::Rerank
                | O::ImageGeneration
                | O::ImageEdit
                | O::ImageVariation
                | O::Transcription
                | O::Speech
                | O::Messages
        )
    }

    /// Parameters of the operation whose names mean something else to the library in other calls.
    #[must_use]
    pub fn own_names(self) -> &'static [&'static str] {
        use Operation as O;
        match self {
            O::Responses | O::CompactResponses | O::CreateBatch | O::Messages => &["metadata"],
            O::ListInputItems | O::ListFiles => &["order"],
            _ => &[],
        }
    }
}

/// A file that goes along.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Upload {
    /// The form's field.
    pub field: String,
    /// The file's name.
    pub filename: String,
    /// Its media type.
    pub content_type: String,
    /// What is in it.
    pub bytes: Bytes,
}

/// A request of any operation.
#[derive(Debug, Clone, PartialEq)]
pub struct EndpointRequest {
    /// What is asked.
    pub operation: Operation,
    /// `provider/model` or a bare model name; empty where the operation needs none.
    pub model: String,
    /// The id of the stored thing it is about.
    pub id: Option<String>,
    /// Every parameter.
    pub params: Map<String, Value>,
    /// Files that go along.
    pub files: Vec<Upload>,
    /// Whether the answer is streamed.
    pub stream: bool,
}

impl EndpointRequest {
    /// A request without parameters.
    pub fn new(operation: Operation, model: impl Into<String>) -> Self {
        Self {
            operation,
            model: model.into(),
            id: None,
            params: Map::new(),
            files: Vec::new(),
            stream: false,
        }
    }

    /// Sets a parameter.
    #[must_use]
    pub fn param(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }
}

/// An answer of any operation.
#[derive(Debug, Clone, PartialEq)]
pub enum EndpointAnswer {
    /// JSON.
    Json(Value),
    /// Text that is not JSON: subtitles, for example.
    Text(String),
    /// Bytes that are no text: sound, a stored file.
    Bytes(Bytes),
}

/// A piece of a streamed answer.
#[derive(Debug, Clone, PartialEq)]
pub enum Piece {
    /// An event.
    Event(Value),
    /// The next bytes.
    Bytes(Bytes),
}
