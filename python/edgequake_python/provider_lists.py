"""LiteLLM's lists of providers and hosts: ordinary lists, which programs read and append to."""

# ruff: noqa: SIM905 - a literal would be a line for each name

from __future__ import annotations

openai_compatible_endpoints: list[str] = """
    api.perplexity.ai api.endpoints.anyscale.com/v1 api.deepinfra.com/v1/openai api.mistral.ai/v1
    codestral.mistral.ai/v1/chat/completions codestral.mistral.ai/v1/fim/completions
    api.groq.com/openai/v1 https://integrate.api.nvidia.com/v1 https://api.getnadir.com/v1
    api.deepseek.com/v1 api.together.ai/v1 api.together.xyz/v1 app.empower.dev/api/v1
    https://api.friendli.ai/serverless/v1 api.sambanova.ai/v1 api.x.ai/v1 ollama.com api.galadriel.ai/v1
    api.llama.com/compat/v1/ api.featherless.ai/v1 inference.api.nscale.com/v1 api.studio.nebius.ai/v1
    https://dashscope-intl.aliyuncs.com/compatible-mode/v1
    https://dashscope.aliyuncs.com/compatible-mode/v1 https://api-inference.modelscope.cn/v1
    https://api.moonshot.ai/v1 https://api.publicai.co/v1 https://api.synthetic.new/openai/v1
    https://serverless.tensormesh.ai/v1 https://api.stima.tech/v1 https://nano-gpt.com/api/v1
    https://api.poe.com/v1 https://llm.chutes.ai/v1/ https://api.v0.dev/v1 https://api.morphllm.com/v1
    https://api.lambda.ai/v1 https://api.inceptionlabs.ai/v1 https://api.hyperbolic.xyz/v1
    https://ai-gateway.helicone.ai/ https://ai-gateway.vercel.sh/v1 https://api.edenai.run/v3
    https://api.inference.wandb.ai/v1 https://api.clarifai.com/v2/ext/openai/v1
    https://api.libertai.io/v1 https://pinstripes.io/v1 https://api.meta.ai/v1
    https://api.sailresearch.com/v1 https://api.cognition.ai/v1 https://api.cortecs.ai/v1
    https://api.scx.ai/v1 https://api.prisminference.com/v1 https://api.reka.ai/v1
    https://gigachat.devices.sberbank.ru/api/v1
""".split()

openai_compatible_providers: list[str] = """
    anyscale groq nvidia_nim cerebras baseten sambanova ai21_chat ai21 volcengine codestral deepseek
    tencent deepinfra perplexity xinference xai zai together_ai fireworks_ai empower friendliai azure_ai
    github litellm_proxy hosted_vllm llamafile lm_studio galadriel github_copilot chatgpt novita
    meta_llama publicai synthetic tensormesh apertis nano-gpt poe chutes parasail libertai
    featherless_ai nscale nebius dashscope qwencloud qwen_ai_platform modelscope moonshot v0 helicone
    morph lambda_ai inception hyperbolic vercel_ai_gateway aiml edenai wandb cometapi clarifai
    docker_model_runner ragflow pinstripes darkbloom meta cognition cortecs scx-ai prism sail reka
""".split()

openai_text_completion_compatible_providers: list[str] = """
    together_ai fireworks_ai hosted_vllm meta_llama llamafile featherless_ai nebius dashscope qwencloud
    qwen_ai_platform modelscope moonshot publicai synthetic tensormesh apertis nano-gpt poe chutes v0
    lambda_ai hyperbolic wandb
""".split()

_openai_like_providers: list[str] = """
    predibase databricks lemonade watsonx
""".split()

LITELLM_CHAT_PROVIDERS: list[str] = """
    openai openai_like bytez gdc xai custom_openai text-completion-openai cohere cohere_chat clarifai
    anthropic anthropic_text replicate huggingface together_ai datarobot helicone openrouter cometapi
    vertex_ai vertex_ai_beta gemini ai21 baseten azure azure_text azure_ai sagemaker sagemaker_chat
    sagemaker_nova bedrock vllm nlp_cloud petals oobabooga ollama ollama_chat deepinfra perplexity
    mistral groq gigachat nvidia_nim cerebras nadir baseten ai21_chat volcengine codestral
    text-completion-codestral text-completion-inception deepseek tencent sambanova maritalk cloudflare
    fireworks_ai friendliai watsonx watsonx_text triton predibase databricks empower github custom
    litellm_proxy hosted_vllm llamafile lm_studio galadriel gradient_ai github_copilot chatgpt novita
    meta_llama featherless_ai nscale nebius dashscope qwencloud qwen_ai_platform modelscope moonshot
    publicai v0 heroku oci morph lambda_ai inception vercel_ai_gateway wandb edenai ovhcloud lemonade
    docker_model_runner amazon_nova
""".split()

BEDROCK_CONVERSE_MODELS: list[str] = """
    qwen.qwen3-coder-480b-a35b-v1:0 qwen.qwen3-coder-next qwen.qwen3-235b-a22b-2507-v1:0
    qwen.qwen3-coder-30b-a3b-v1:0 qwen.qwen3-32b-v1:0 deepseek.v3-v1:0 deepseek.v3.2
    openai.gpt-oss-20b-1:0 openai.gpt-oss-120b-1:0 anthropic.claude-haiku-4-5-20251001-v1:0
    anthropic.claude-sonnet-4-5-20250929-v1:0 anthropic.claude-fable-5-1 anthropic.claude-fable-5
    anthropic.claude-sonnet-5 anthropic.claude-opus-5 anthropic.claude-opus-4-8
    anthropic.claude-opus-4-7 anthropic.claude-opus-4-6-v1:0 anthropic.claude-opus-4-6-v1
    anthropic.claude-sonnet-4-6 anthropic.claude-opus-4-1-20250805-v1:0
    anthropic.claude-opus-4-20250514-v1:0 anthropic.claude-sonnet-4-20250514-v1:0
    anthropic.claude-3-7-sonnet-20250219-v1:0 anthropic.claude-3-5-haiku-20241022-v1:0
    anthropic.claude-3-5-sonnet-20241022-v2:0 anthropic.claude-3-5-sonnet-20240620-v1:0
    anthropic.claude-3-opus-20240229-v1:0 anthropic.claude-3-sonnet-20240229-v1:0
    anthropic.claude-3-haiku-20240307-v1:0 anthropic.claude-v2 anthropic.claude-v2:1 anthropic.claude-v1
    anthropic.claude-instant-v1 ai21.jamba-instruct-v1:0 ai21.jamba-1-5-mini-v1:0
    ai21.jamba-1-5-large-v1:0 meta.llama3-70b-instruct-v1:0 meta.llama3-8b-instruct-v1:0
    meta.llama3-1-8b-instruct-v1:0 meta.llama3-1-70b-instruct-v1:0 meta.llama3-1-405b-instruct-v1:0
    meta.llama3-70b-instruct-v1:0 mistral.mistral-large-2407-v1:0 mistral.mistral-large-2402-v1:0
    mistral.mistral-small-2402-v1:0 meta.llama3-2-1b-instruct-v1:0 meta.llama3-2-3b-instruct-v1:0
    meta.llama3-2-11b-instruct-v1:0 meta.llama3-2-90b-instruct-v1:0 amazon.nova-lite-v1:0
    amazon.nova-2-lite-v1:0 amazon.nova-2-pro-preview-20251202-v1:0 amazon.nova-pro-v1:0
    writer.palmyra-x4-v1:0 writer.palmyra-x5-v1:0 minimax.minimax-m2.1 moonshotai.kimi-k2.5
""".split()


def __getattr__(name: str) -> object:
    if name != "provider_list":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from .types.provider_names import LlmProviders

    globals()[name] = list(LlmProviders)
    return globals()[name]
