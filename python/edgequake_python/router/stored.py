"""What providers keep: files, batches and stored responses; each belongs to one deployment's account."""

from __future__ import annotations

from ..exceptions import BadRequestError
from .affinity import deployment_of_response
from .request import Operation

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any


def _stored(blocking: str) -> Operation:
    return Operation(blocking, metadata="", by_provider=True)


FILE = _stored("create_file")
FILE_SEEN = _stored("file_retrieve")
FILE_READ = _stored("file_content")
FILE_GONE = _stored("file_delete")
FILES = _stored("file_list")
BATCH = _stored("create_batch")
BATCH_SEEN = _stored("retrieve_batch")
BATCHES = _stored("list_batches")
BATCH_STOPPED = _stored("cancel_batch")
RESPONSE_SEEN = _stored("get_responses")
RESPONSE_STOPPED = _stored("cancel_responses")
RESPONSE_GONE = _stored("delete_responses")
RESPONSE_INPUT = _stored("list_input_items")


class Stored:
    """The part of a `Router` that reaches what providers keep.

    For files and batches ``model`` says whose: a group of one deployment, or a deployment's id. A response's
    id says itself which deployment of the Router made it.
    """

    if TYPE_CHECKING:

        async def _run_async(self, operation: Operation, model: str, given: Mapping[str, Any]) -> Any: ...

    async def acreate_file(self, model: str, **kwargs: Any) -> Any:
        """Give a deployment's provider a file."""
        return await self._run_async(FILE, model, kwargs)

    async def afile_retrieve(self, model: str, **kwargs: Any) -> Any:
        """What a provider knows about a file."""
        return await self._run_async(FILE_SEEN, model, kwargs)

    async def afile_content(self, model: str, **kwargs: Any) -> Any:
        """What is in a file."""
        return await self._run_async(FILE_READ, model, kwargs)

    async def afile_delete(self, model: str, **kwargs: Any) -> Any:
        """Have a file removed."""
        return await self._run_async(FILE_GONE, model, kwargs)

    async def afile_list(self, model: str, **kwargs: Any) -> Any:
        """The files at a deployment's provider."""
        return await self._run_async(FILES, model, kwargs)

    async def acreate_batch(self, model: str, **kwargs: Any) -> Any:
        """Have a deployment's provider work through a batch."""
        return await self._run_async(BATCH, model, kwargs)

    async def aretrieve_batch(self, model: str, **kwargs: Any) -> Any:
        """How a batch is getting on."""
        return await self._run_async(BATCH_SEEN, model, kwargs)

    async def alist_batches(self, model: str, **kwargs: Any) -> Any:
        """The batches at a deployment's provider."""
        return await self._run_async(BATCHES, model, kwargs)

    async def acancel_batch(self, model: str, **kwargs: Any) -> Any:
        """Stop a batch."""
        return await self._run_async(BATCH_STOPPED, model, kwargs)

    async def aget_responses(self, response_id: str, model: str | None = None, **kwargs: Any) -> Any:
        """A response that was stored.

        Raises:
            BadRequestError: when neither the id nor ``model`` says which deployment has it.
        """
        return await self._of_response(RESPONSE_SEEN, response_id, model, kwargs)

    async def acancel_responses(self, response_id: str, model: str | None = None, **kwargs: Any) -> Any:
        """Stop a response that is made in the background; see `aget_responses`."""
        return await self._of_response(RESPONSE_STOPPED, response_id, model, kwargs)

    async def adelete_responses(self, response_id: str, model: str | None = None, **kwargs: Any) -> Any:
        """Have a stored response removed; see `aget_responses`."""
        return await self._of_response(RESPONSE_GONE, response_id, model, kwargs)

    async def alist_input_items(self, response_id: str, model: str | None = None, **kwargs: Any) -> Any:
        """What a stored response was asked; see `aget_responses`."""
        return await self._of_response(RESPONSE_INPUT, response_id, model, kwargs)

    async def _of_response(
        self, operation: Operation, response_id: str, model: str | None, given: dict[str, Any]
    ) -> Any:
        name = deployment_of_response(response_id) or model
        if name is None:
            raise BadRequestError(
                message=f"{response_id!r} does not say which deployment made it; give its id, or its group, "
                "as model",
                model="",
                llm_provider="",
            )
        return await self._run_async(operation, name, {"response_id": response_id, **given})
