"""A router: one name for several deployments, and another model when all of them fail."""

from __future__ import annotations

from edgequake_python import Router, Simulator


def router(good: str, bad: str) -> Router:
    """Two deployments of `fast`, both out of order here, and `careful` to fall back on."""
    return Router(
        model_list=[
            {
                "model_name": "fast",
                "litellm_params": {"model": "openai/sim/503", "api_base": bad, "api_key": "k"},
            },
            {
                "model_name": "fast",
                "litellm_params": {"model": "openai/sim/429", "api_base": bad, "api_key": "k"},
            },
            {
                "model_name": "careful",
                "litellm_params": {"model": "openai/gpt-4o", "api_base": good, "api_key": "k"},
            },
        ],
        fallbacks=[{"fast": ["careful"]}],
        num_retries=1,
        retry_after=0,
    )


def main() -> str:
    """Ask the broken group; the answer comes from the other."""
    # The simulator stands for the providers, so that this runs without a key.
    with Simulator() as healthy, Simulator() as broken:
        chosen = router(healthy.base_url, broken.base_url)
        response = chosen.completion("fast", [{"role": "user", "content": "Still there?"}])
        assert len(healthy.requests) == 1
        assert len(broken.requests) >= 1
        print(f"{len(broken.requests)} requests failed before {response.model} answered")
        return response.choices[0].message.content or ""


if __name__ == "__main__":
    reply = main()
    print(reply)
    assert "Still there?" in reply
