//! Providers that speak OpenAI's dialect: one row each.

use super::compatible_endpoints as has;
use super::compatible_params as takes;
use super::{Auth, COMPATIBLE, Call, Endpoint, Provider, sites};
use crate::error::Result;
use crate::params::ParamRules;
use crate::providers::openai::{departures, places};
use crate::resolve::Target;
use crate::types::ChatRequest;

/// Name, label, base URL, variables of the key, variables of another base.
const fn row(
    name: &'static str,
    label: &'static str,
    base_url: &'static str,
    key_env: &'static [&'static str],
    base_env: &'static [&'static str],
) -> Provider {
    Provider {
        name,
        label,
        base_url,
        key_env,
        base_env,
        params: |_| &takes::SERVER,
        ..COMPATIBLE
    }
}

impl Provider {
    /// Beside chat it has these.
    const fn has(mut self, endpoints: &'static [Endpoint]) -> Self {
        self.endpoints = endpoints;
        self
    }
    /// It answers without a key.
    const fn without_key(mut self) -> Self {
        self.key_optional = true;
        self
    }
    /// Its models take these parameters.
    const fn takes(mut self, params: fn(&str) -> &'static ParamRules) -> Self {
        self.params = params;
        self
    }
    /// Content that is a list of texts is sent as one text.
    const fn with_text_content(mut self) -> Self {
        self.quirks.text_content = true;
        self
    }
    /// It knows the role `developer`.
    const fn with_developer(mut self) -> Self {
        self.quirks.developer_is_system = false;
        self
    }
    /// It knows `cache_control`.
    const fn with_cache_control(mut self) -> Self {
        self.quirks.cache_control = true;
        self
    }
    /// Answers name the model as the provider does, without the provider's name.
    const fn anonymous(mut self) -> Self {
        self.quirks.names_itself = false;
        self
    }
    /// Its key travels alone in this header.
    const fn with_key_header(mut self, name: &'static str) -> Self {
        self.auth = Auth::Header(name);
        self
    }
    /// Its key travels in headers that depend on it.
    const fn with_key_headers(mut self, of: fn(&Target, &str) -> Vec<(&'static str, String)>) -> Self {
        self.auth = Auth::Headers(of);
        self
    }
    /// Headers that environment variables give: header, variable.
    const fn headers_env(mut self, headers: &'static [(&'static str, &'static str)]) -> Self {
        self.headers_env = headers;
        self
    }
    /// Its base depends on the call.
    const fn at_site(mut self, site: fn(&Call<'_>) -> Result<String>) -> Self {
        self.site = Some(site);
        self
    }
    /// Its chat is elsewhere than at `chat/completions` below the base.
    const fn at_place(mut self, place: fn(&Target) -> url::Url) -> Self {
        self.quirks.place = place;
        self
    }
    /// It has no embeddings.
    const fn without_embeddings(mut self) -> Self {
        self.embed = None;
        self
    }
    /// Its messages do not have these keys.
    const fn message_without(mut self, keys: &'static [&'static str]) -> Self {
        self.quirks.message_without = keys;
        self
    }
    /// Its tools and their schemas do not have these keys.
    const fn tool_without(mut self, keys: &'static [&'static str]) -> Self {
        self.quirks.tool_without = keys;
        self
    }
    /// It documents that it refuses content parts of these types.
    const fn refuses_parts(mut self, types: &'static [&'static str]) -> Self {
        self.quirks.refused_parts = types;
        self
    }
    /// It knows only these types of `response_format`.
    const fn formats(mut self, types: &'static [&'static str]) -> Self {
        self.quirks.formats = types;
        self
    }
    /// These models answer a schema only by a tool.
    const fn schema_by_tool(mut self, of: fn(&str) -> bool) -> Self {
        self.quirks.schema_by_tool = of;
        self
    }
    /// The body names its models in another way.
    const fn names_models(mut self, model: fn(&str) -> Option<String>) -> Self {
        self.quirks.model = model;
        self
    }
    /// Its requests differ in a way that only a function can say.
    const fn adapted(mut self, adapt: fn(&mut ChatRequest)) -> Self {
        self.quirks.adapt = adapt;
        self
    }
}

#[rustfmt::skip] // a provider is a line
pub(super) static ROWS: &[Provider] = &[
    row("github", "Github", "https://models.inference.ai.azure.com", &["GITHUB_API_KEY"], &["GITHUB_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS),
    row("databricks", "Databricks", "", &["DATABRICKS_API_KEY"], &["DATABRICKS_API_BASE"]).takes(|_| &takes::DATABRICKS).anonymous().with_cache_control().message_without(&["thinking_blocks", "reasoning_content"]).adapted(departures::databricks),
    row("huggingface", "Huggingface", "https://router.huggingface.co/v1", &["HF_TOKEN", "HUGGINGFACE_API_KEY"], &["HF_API_BASE", "HUGGINGFACE_API_BASE"]).anonymous().at_place(places::hugging_face).has(has::TEXT_EMBEDDINGS_INFERENCE),
    row("xinference", "Xinference", "", &["XINFERENCE_API_KEY"], &["XINFERENCE_API_BASE"]).without_key().with_developer().with_cache_control().has(has::XINFERENCE),
    row("groq", "Groq", "https://api.groq.com/openai/v1", &["GROQ_API_KEY"], &["GROQ_API_BASE"]).takes(|_| &takes::GROQ).anonymous().schema_by_tool(takes::groq_by_tool).has(has::GROQ),
    row("deepseek", "Deepseek", "https://api.deepseek.com/beta", &["DEEPSEEK_API_KEY"], &["DEEPSEEK_API_BASE"]).with_text_content().anonymous().takes(|_| &takes::DEEPSEEK).adapted(departures::deepseek).has(has::COMPLETIONS),
    row("xai", "Xai", "https://api.x.ai/v1", &["XAI_API_KEY"], &["XAI_API_BASE"]).takes(takes::xai).anonymous().tool_without(&["strict"]).adapted(departures::unnamed_tools).has(has::XAI),
    row("zai", "Zai", "https://api.z.ai/api/paas/v4", &["ZAI_API_KEY"], &["ZAI_API_BASE"]).takes(|_| &takes::ZAI).with_cache_control().formats(&["text", "json_object"]),
    row("perplexity", "Perplexity", "https://api.perplexity.ai", &["PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"], &["PERPLEXITY_API_BASE"]).takes(|_| &takes::PERPLEXITY),
    row("together_ai", "Together_ai", "https://api.together.ai/v1", &["TOGETHER_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHERAI_API_KEY", "TOGETHER_AI_TOKEN"], &["TOGETHER_AI_API_BASE"]).anonymous().message_without(&["thinking_blocks"]).has(has::TOGETHER),
    row("fireworks_ai", "Fireworks_ai", "https://api.fireworks.ai/inference/v1", &["FIREWORKS_API_KEY", "FIREWORKS_AI_API_KEY", "FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"], &["FIREWORKS_API_BASE"]).anonymous().takes(takes::fireworks).message_without(&["thinking_blocks"]).refuses_parts(&["file"]).names_models(departures::fireworks_model).adapted(departures::fireworks).has(has::FIREWORKS),
    row("deepinfra", "Deepinfra", "https://api.deepinfra.com/v1/openai", &["DEEPINFRA_API_KEY"], &["DEEPINFRA_API_BASE"]).takes(|_| &takes::DEEPINFRA).has(has::DEEPINFRA),
    row("anyscale", "Anyscale", "https://api.endpoints.anyscale.com/v1", &["ANYSCALE_API_KEY"], &["ANYSCALE_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS),
    row("nvidia_nim", "Nvidia_nim", "https://integrate.api.nvidia.com/v1", &["NVIDIA_NIM_API_KEY"], &["NVIDIA_NIM_API_BASE"]).takes(|_| &takes::NVIDIA_NIM).has(has::NVIDIA),
    row("cerebras", "Cerebras", "https://api.cerebras.ai/v1", &["CEREBRAS_API_KEY"], &["CEREBRAS_API_BASE"]).takes(|_| &takes::CEREBRAS),
    row("baseten", "Baseten", "https://inference.baseten.co/v1", &["BASETEN_API_KEY"], &["BASETEN_API_BASE"]).takes(|_| &takes::BASETEN),
    row("sambanova", "Sambanova", "https://api.sambanova.ai/v1", &["SAMBANOVA_API_KEY"], &["SAMBANOVA_API_BASE"]).takes(|_| &takes::SAMBANOVA).with_text_content().has(has::SOUND),
    row("ai21_chat", "Ai21_chat", "https://api.ai21.com/studio/v1", &["AI21_API_KEY"], &["AI21_API_BASE"]).takes(|_| &takes::AI21_CHAT),
    row("ai21", "Ai21", "https://api.ai21.com/studio/v1", &["AI21_API_KEY"], &["AI21_API_BASE"]).takes(|_| &takes::AI21_CHAT),
    row("volcengine", "Volcengine", "https://ark.cn-beijing.volces.com/api/v3", &["VOLCENGINE_API_KEY"], &["VOLCENGINE_API_BASE"]).takes(|_| &takes::VOLCENGINE),
    row("tencent", "Tencent", "https://tokenhub-intl.tencentcloudmaas.com/v1", &["TENCENT_API_KEY"], &["TENCENT_API_BASE"]),
    row("dashscope", "Dashscope", "https://dashscope.aliyuncs.com/compatible-mode/v1", &["DASHSCOPE_API_KEY"], &["DASHSCOPE_API_BASE"]).with_cache_control().takes(|_| &takes::REASONS),
    row("qwencloud", "Qwencloud", "https://dashscope-intl.aliyuncs.com/compatible-mode/v1", &["QWENCLOUD_API_KEY", "DASHSCOPE_API_KEY"], &["QWENCLOUD_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS),
    row("qwen_ai_platform", "Qwen_ai_platform", "https://dashscope.aliyuncs.com/compatible-mode/v1", &["QWEN_AI_PLATFORM_API_KEY", "DASHSCOPE_API_KEY"], &["QWEN_AI_PLATFORM_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS),
    row("modelscope", "Modelscope", "https://api-inference.modelscope.cn/v1", &["MODELSCOPE_API_KEY"], &["MODELSCOPE_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS).with_text_content(),
    row("moonshot", "Moonshot", "https://api.moonshot.ai/v1", &["MOONSHOT_API_KEY"], &["MOONSHOT_API_BASE"]).takes(|_| &takes::MOONSHOT).with_text_content().adapted(departures::moonshot),
    row("v0", "V0", "https://api.v0.dev/v1", &["V0_API_KEY"], &["V0_API_BASE"]).takes(|_| &takes::V0),
    row("morph", "Morph", "https://api.morphllm.com/v1", &["MORPH_API_KEY"], &["MORPH_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS),
    row("lambda_ai", "Lambda_ai", "https://api.lambda.ai/v1", &["LAMBDA_API_KEY"], &["LAMBDA_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS),
    row("hyperbolic", "Hyperbolic", "https://api.hyperbolic.xyz/v1", &["HYPERBOLIC_API_KEY"], &["HYPERBOLIC_API_BASE"]).takes(|_| &takes::HYPERBOLIC),
    row("inception", "Inception", "https://api.inceptionlabs.ai/v1", &["INCEPTION_API_KEY"], &["INCEPTION_API_BASE"]).takes(|_| &takes::INCEPTION),
    row("friendliai", "Friendliai", "https://api.friendli.ai/serverless/v1", &["FRIENDLIAI_API_KEY", "FRIENDLI_TOKEN"], &["FRIENDLI_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS),
    row("galadriel", "Galadriel", "https://api.galadriel.com/v1", &["GALADRIEL_API_KEY"], &["GALADRIEL_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS),
    row("novita", "Novita", "https://api.novita.ai/v3/openai", &["NOVITA_API_KEY"], &["NOVITA_API_BASE"]),
    row("nebius", "Nebius", "https://api.studio.nebius.ai/v1", &["NEBIUS_API_KEY"], &["NEBIUS_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS).has(has::IMAGES),
    row("nscale", "Nscale", "https://inference.api.nscale.com/v1", &["NSCALE_API_KEY"], &["NSCALE_API_BASE"]).takes(|_| &takes::NSCALE),
    row("featherless_ai", "Featherless_ai", "https://api.featherless.ai/v1", &["FEATHERLESS_AI_API_KEY", "FEATHERLESS_API_KEY"], &["FEATHERLESS_AI_API_BASE", "FEATHERLESS_API_BASE"]).takes(|_| &takes::FEATHERLESS_AI),
    row("empower", "Empower", "https://app.empower.dev/api/v1", &["EMPOWER_API_KEY"], &["EMPOWER_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS),
    row("meta_llama", "Meta_llama", "https://api.llama.com/compat/v1", &["LLAMA_API_KEY"], &["LLAMA_API_BASE"]).formats(&["json_schema"]),
    row("vercel_ai_gateway", "Vercel_ai_gateway", "https://ai-gateway.vercel.sh/v1", &["VERCEL_AI_GATEWAY_API_KEY", "VERCEL_OIDC_TOKEN"], &["VERCEL_AI_GATEWAY_API_BASE"]),
    row("aiml", "Aiml", "https://api.aimlapi.com/v1", &["AIML_API_KEY"], &["AIML_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS).with_developer().with_cache_control().has(has::IMAGES_AND_SOUND),
    row("wandb", "Wandb", "https://api.inference.wandb.ai/v1", &["WANDB_API_KEY"], &["WANDB_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS),
    row("docker_model_runner", "Docker_model_runner", "http://localhost:22088/engines/llama.cpp", &["DOCKER_MODEL_RUNNER_API_KEY"], &["DOCKER_MODEL_RUNNER_API_BASE"]).without_key().takes(|_| &takes::PLAIN_TOKENS).with_text_content().has(has::SERVER),
    row("llamafile", "Llamafile", "http://127.0.0.1:8080/v1", &["LLAMAFILE_API_KEY"], &["LLAMAFILE_API_BASE"]).without_key().has(has::SERVER),
    row("lm_studio", "Lm_studio", "", &["LM_STUDIO_API_KEY"], &["LM_STUDIO_API_BASE"]).without_key().takes(|_| &takes::LM_STUDIO).has(has::SERVER),
    row("hosted_vllm", "Hosted_vllm", "", &["HOSTED_VLLM_API_KEY"], &["HOSTED_VLLM_API_BASE"]).without_key().anonymous().message_without(&["thinking_blocks"]).tool_without(&["strict", "additionalProperties"]).takes(|_| &takes::VLLM).adapted(departures::vllm).has(has::VLLM),
    row("litellm_proxy", "Litellm_proxy", "", &["LITELLM_PROXY_API_KEY"], &["LITELLM_PROXY_API_BASE"]).with_cache_control().takes(|_| &ParamRules::ALL).has(has::PROXY),
    row("openrouter", "Openrouter", "https://openrouter.ai/api/v1", &["OPENROUTER_API_KEY", "OR_API_KEY"], &["OPENROUTER_API_BASE"]).with_cache_control().anonymous().headers_env(&[("http-referer", "OR_SITE_URL"), ("x-title", "OR_APP_NAME")]).takes(|_| &takes::OPENROUTER).adapted(departures::openrouter),
    row("compactifai", "Compactifai", "https://api.compactif.ai/v1", &["COMPACTIFAI_API_KEY"], &[]).anonymous(),
    row("cometapi", "Cometapi", "https://api.cometapi.com/v1", &["COMETAPI_KEY"], &["COMETAPI_API_BASE"]).anonymous(),
    row("edenai", "Edenai", "https://api.edenai.run/v3", &["EDENAI_API_KEY"], &["EDENAI_API_BASE"]).anonymous(),
    row("ovhcloud", "Ovhcloud", "https://oai.endpoints.kepler.ai.cloud.ovh.net/v1", &["OVHCLOUD_API_KEY"], &["OVHCLOUD_API_BASE"]).anonymous(),
    row("nadir", "Nadir", "https://api.getnadir.com/v1", &["NADIR_API_KEY"], &["NADIR_API_BASE"]).takes(|_| &takes::NADIR).anonymous(),
    row("minimax", "Minimax", "https://api.minimax.io/v1", &["MINIMAX_API_KEY"], &["MINIMAX_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS).with_cache_control().anonymous(),
    row("amazon_nova", "Amazon_nova", "https://api.nova.amazon.com/v1", &["AMAZON_NOVA_API_KEY"], &["AMAZON_NOVA_API_BASE"]).takes(|_| &takes::AMAZON_NOVA).with_cache_control().anonymous(),
    row("lemonade", "Lemonade", "http://localhost:8000/api/v1", &["LEMONADE_API_KEY"], &["LEMONADE_API_BASE"]).without_key().takes(|_| &takes::PLAIN_TOKENS).anonymous().has(has::SERVER),
    row("publicai", "Publicai", "https://api.publicai.co/v1", &["PUBLICAI_API_KEY"], &["PUBLICAI_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS).with_text_content(),
    row("helicone", "Helicone", "https://ai-gateway.helicone.ai/", &["HELICONE_API_KEY"], &[]),
    row("veniceai", "Veniceai", "https://api.venice.ai/api/v1", &["VENICE_AI_API_KEY"], &[]).with_developer().with_cache_control(),
    row("xiaomi_mimo", "Xiaomi_mimo", "https://api.xiaomimimo.com/v1", &["XIAOMI_MIMO_API_KEY"], &[]).takes(|_| &takes::PLAIN_TOKENS),
    row("scaleway", "Scaleway", "https://api.scaleway.ai/v1", &["SCW_SECRET_KEY"], &[]),
    row("synthetic", "Synthetic", "https://api.synthetic.new/openai/v1", &["SYNTHETIC_API_KEY"], &[]).takes(|_| &takes::PLAIN_TOKENS),
    row("apertis", "Apertis", "https://api.stima.tech/v1", &["STIMA_API_KEY"], &[]).takes(|_| &takes::PLAIN_TOKENS),
    row("nano-gpt", "Nano-gpt", "https://nano-gpt.com/api/v1", &["NANOGPT_API_KEY"], &[]).takes(|_| &takes::PLAIN_TOKENS),
    row("poe", "Poe", "https://api.poe.com/v1", &["POE_API_KEY"], &[]).takes(|_| &takes::PLAIN_TOKENS),
    row("chutes", "Chutes", "https://llm.chutes.ai/v1/", &["CHUTES_API_KEY"], &[]).takes(|_| &takes::PLAIN_TOKENS),
    row("abliteration", "Abliteration", "https://api.abliteration.ai/v1", &["ABLITERATION_API_KEY"], &[]).with_developer().with_cache_control(),
    row("llamagate", "Llamagate", "https://api.llamagate.dev/v1", &["LLAMAGATE_API_KEY"], &[]).takes(|_| &takes::PLAIN_TOKENS).with_developer().with_cache_control(),
    row("gmi", "Gmi", "https://api.gmi-serving.com/v1", &["GMI_API_KEY"], &[]).with_developer().with_cache_control(),
    row("sarvam", "Sarvam", "https://api.sarvam.ai/v1", &["SARVAM_API_KEY"], &[]).with_key_header("api-subscription-key").takes(|_| &takes::PLAIN_TOKENS).with_developer().with_cache_control(),
    row("assemblyai", "Assemblyai", "https://llm-gateway.assemblyai.com/v1", &["ASSEMBLYAI_API_KEY"], &[]),
    row("charity_engine", "Charity_engine", "https://api.charityengine.services/remotejobs/v2/inference", &["CHARITY_ENGINE_API_KEY"], &[]).takes(|_| &takes::PLAIN_TOKENS),
    row("aihubmix", "Aihubmix", "https://aihubmix.com/v1", &["AIHUBMIX_API_KEY"], &["AIHUBMIX_API_BASE"]).with_developer().with_cache_control(),
    row("crusoe", "Crusoe", "https://managed-inference-api-proxy.crusoecloud.com/v1", &["CRUSOE_API_KEY"], &["CRUSOE_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS).with_developer().with_cache_control(),
    row("darkbloom", "Darkbloom", "https://api.darkbloom.dev/v1", &["DARKBLOOM_API_KEY"], &["DARKBLOOM_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS),
    row("neosantara", "Neosantara", "https://api.neosantara.xyz/v1", &["NEOSANTARA_API_KEY"], &["NEOSANTARA_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS).has(has::RESPONSES),
    row("tensormesh", "Tensormesh", "https://serverless.tensormesh.ai/v1", &["TENSORMESH_INFERENCE_API_KEY"], &["TENSORMESH_SERVERLESS_BASE_URL"]).takes(|_| &takes::PLAIN_TOKENS).has(has::RESPONSES),
    row("parasail", "Parasail", "https://api.parasail.io/v1", &["PARASAIL_API_KEY"], &["PARASAIL_API_BASE"]).has(has::RESPONSES),
    row("libertai", "Libertai", "https://api.libertai.io/v1", &["LIBERTAI_API_KEY"], &["LIBERTAI_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS),
    row("empiriolabs", "Empiriolabs", "https://api.empiriolabs.ai/v1", &["EMPIRIOLABS_API_KEY"], &["EMPIRIOLABS_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS).with_developer().with_cache_control().has(has::RESPONSES),
    row("meta", "Meta", "https://api.meta.ai/v1", &["META_API_KEY"], &["META_API_BASE"]).has(has::RESPONSES),
    row("cognition", "Cognition", "https://api.cognition.ai/v1", &["COGNITION_API_KEY"], &["COGNITION_API_BASE"]),
    row("cortecs", "Cortecs", "https://api.cortecs.ai/v1", &["CORTECS_API_KEY"], &["CORTECS_API_BASE"]).has(has::RESPONSES),
    row("pinstripes", "Pinstripes", "https://pinstripes.io/v1", &["PINSTRIPES_API_KEY"], &["PINSTRIPES_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS).has(has::RESPONSES),
    row("scx-ai", "Scx-ai", "https://api.scx.ai/v1", &["SCX_API_KEY"], &["SCX_API_BASE"]).takes(|_| &takes::PLAIN_TOKENS),
    row("prism", "Prism", "https://api.prisminference.com/v1", &["PRISM_API_KEY"], &["PRISM_API_BASE"]).has(has::RESPONSES),
    row("sail", "Sail", "https://api.sailresearch.com/v1", &["SAIL_API_KEY"], &["SAIL_API_BASE"]).takes(|_| &takes::SAIL).has(has::RESPONSES),
    row("reka", "Reka", "https://api.reka.ai/v1", &["REKA_API_KEY"], &["REKA_API_BASE"]),
    row("datarobot", "Datarobot", "https://app.datarobot.com", &["DATAROBOT_API_TOKEN"], &["DATAROBOT_ENDPOINT"]).anonymous().without_embeddings().at_place(places::datarobot),
    row("gradient_ai", "Gradient_ai", "https://inference.do-ai.run/v1", &["GRADIENT_AI_API_KEY"], &["GRADIENT_AI_AGENT_ENDPOINT"]).anonymous().without_embeddings().at_place(places::gradient).takes(|_| &takes::GRADIENT_AI),
    row("heroku", "Heroku", "", &["HEROKU_API_KEY"], &["HEROKU_API_BASE"]).anonymous().at_place(places::versioned),
    row("snowflake", "Snowflake", "", &["SNOWFLAKE_JWT"], &["SNOWFLAKE_API_BASE"]).anonymous().without_embeddings().at_site(sites::snowflake).at_place(places::snowflake).with_key_headers(snowflake_key),
    row("cloudflare", "Cloudflare", "", &["CLOUDFLARE_API_KEY"], &["CLOUDFLARE_API_BASE"]).anonymous().at_site(sites::cloudflare),
    row("clarifai", "Clarifai", "https://api.clarifai.com/v2/ext/openai/v1", &["CLARIFAI_API_KEY", "CLARIFAI_PAT"], &["CLARIFAI_API_BASE"]).anonymous().names_models(departures::clarifai_model),
    row("ragflow", "Ragflow", "", &["RAGFLOW_API_KEY"], &["RAGFLOW_API_BASE"]).anonymous().without_embeddings().at_place(places::ragflow).names_models(places::ragflow_model),
    row("maritalk", "Maritalk", "https://chat.maritaca.ai/api", &["MARITALK_API_KEY"], &["MARITALK_API_BASE"]).anonymous().takes(|_| &takes::MARITALK),
    row("bedrock_mantle", "Bedrock_mantle", "", &["BEDROCK_MANTLE_API_KEY", "AWS_BEARER_TOKEN_BEDROCK"], &["BEDROCK_MANTLE_API_BASE"]).anonymous().at_site(sites::bedrock_mantle),
    row("oobabooga", "Oobabooga", "", &["OOBABOOGA_API_KEY"], &["OOBABOOGA_API_BASE"]).anonymous().without_key().at_place(places::versioned),
];

/// Snowflake tells its two kinds of tokens apart by a header; `pat/` marks a programmatic one.
fn snowflake_key(_: &Target, key: &str) -> Vec<(&'static str, String)> {
    let (kind, token) = match key.strip_prefix("pat/") {
        Some(token) => ("PROGRAMMATIC_ACCESS_TOKEN", token),
        None => ("KEYPAIR_JWT", key),
    };
    vec![
        ("authorization", format!("Bearer {token}")),
        ("x-snowflake-authorization-token-type", kind.to_owned()),
    ]
}
