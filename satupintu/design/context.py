# SPDX-License-Identifier: Apache-2.0
from functools import lru_cache
from types import FunctionType
from typing import Any

from jinja2.runtime import Context, Macro

_PLAIN = (FunctionType, type(lru_cache(str)))


class PageContext(Context):
    """A template's names, with a short way to call macros and plain functions.

    Jinja asks of each thing that is called, in several ways, whether it wants the context, the
    environment or neither. Pages are made of macros and words, hundreds of calls each, and a macro
    always wants the same.
    """

    def call(self, obj: Any, /, *args: Any, **kwargs: Any) -> Any:
        kind = type(obj)
        if kind is Macro:
            args = (self.eval_ctx, *args)
        elif kind not in _PLAIN or hasattr(obj, "jinja_pass_arg"):
            return super().call(obj, *args, **kwargs)
        # Jinja's own, meant for functions that want the context.
        kwargs.pop("_block_vars", None)
        kwargs.pop("_loop_vars", None)
        return obj(*args, **kwargs)
