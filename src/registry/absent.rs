//! Names of providers that are known and not spoken: who names one is told so, rather than that it does not exist.

/// LiteLLM's other providers.
const ABSENT: &[&str] = &[
    "a2a",
    "a2a_agent",
    "anthropic_text",
    "auto_router",
    "aws_polly",
    "aws_textract",
    "azure_speech",
    "azure_text",
    "black_forest_labs",
    "bytez",
    "chatgpt",
    "cursor",
    "custom",
    "deepgram",
    "dotprompt",
    "elevenlabs",
    "fal_ai",
    "gdc",
    "gigachat",
    "github_copilot",
    "humanloop",
    "langflow",
    "langfuse",
    "langgraph",
    "litellm_agent",
    "manus",
    "milvus",
    "mongodb",
    "nlp_cloud",
    "nvidia_riva",
    "oci",
    "petals",
    "pg_vector",
    "predibase",
    "recraft",
    "reducto",
    "replicate",
    "runwayml",
    "s3_vectors",
    "sagemaker",
    "sagemaker_chat",
    "sagemaker_nova",
    "sap",
    "soniox",
    "stability",
    "strands_decider",
    "text-completion-codestral",
    "text-completion-inception",
    "topaz",
    "transcribe",
    "triton",
    "typesafe",
    "valkey",
    "vllm",
    "watsonx",
    "watsonx_text",
];

/// Providers of LiteLLM's that this crate has no row for.
pub fn absent() -> impl Iterator<Item = &'static str> {
    ABSENT
        .iter()
        .copied()
        .filter(|name| super::provider(name).is_none())
}

/// Whether `name` is one of them.
pub(crate) fn is_absent(name: &str) -> bool {
    absent().any(|absent| absent == name)
}
