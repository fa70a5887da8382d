"""Reads a policy file: plain YAML without aliases, own tags or repeated keys, and not larger than it may be."""

import re
from pathlib import Path
from typing import Any

import yaml

MOST_BYTES = 64 * 1024
_INTEGER = re.compile(r"0|[1-9][0-9]{0,29}")


class PolicyError(ValueError):
    """A policy file is wrong. The text names file, place and reason, in Chinese, for the operator."""

    def __init__(self, file: str, place: str, reason: str) -> None:
        """`place` is a path inside the file, empty for the file as a whole."""
        super().__init__("：".join(part for part in (file, place, reason) if part))


class _Loader(yaml.SafeLoader):
    """The safe loader, with what could surprise a reader of the file taken out."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        """A file that refers to its own parts can grow without end; ours never needs to."""
        event = self.peek_event()  # type: ignore[no-untyped-call]
        if isinstance(event, yaml.AliasEvent) or getattr(event, "anchor", None):
            raise yaml.MarkedYAMLError(problem="不能用锚点和引用（& 和 *）", problem_mark=event.start_mark)
        return super().compose_node(parent, index)

    def plain_mapping(self, node: Any) -> dict[Any, Any]:
        """A key that stands twice would silently lose its first value."""
        made: dict[Any, Any] = {}
        for key_node, value_node in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, str):
                raise yaml.MarkedYAMLError(problem=f"键要写成文字，不是 {key!r}", problem_mark=key_node.start_mark)
            if key in made:
                raise yaml.MarkedYAMLError(problem=f"“{key}”写了两次", problem_mark=key_node.start_mark)
            made[key] = self.construct_object(value_node, deep=True)
        return made

    def plain_integer(self, node: Any) -> int:
        """YAML 1.1 reads 010 as eight and 1:30 as ninety."""
        text = str(self.construct_scalar(node))
        if not _INTEGER.fullmatch(text):
            raise yaml.MarkedYAMLError(problem=f"“{text}”不是普通的整数，请加引号", problem_mark=node.start_mark)
        return int(text)


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.plain_mapping)
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.plain_integer)


def read(path: Path) -> object:
    """What the file holds, as plain dicts, lists and scalars. PolicyError when it cannot be read."""
    try:
        with path.open("rb") as file:
            raw = file.read(MOST_BYTES + 1)
        if len(raw) > MOST_BYTES:
            raise PolicyError(path.name, "", f"超过 {MOST_BYTES // 1024} KB")
        loader = _Loader(raw.decode("utf-8"))
        try:
            return loader.get_single_data()
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise PolicyError(path.name, f"第 {mark.line + 1} 行" if mark else "", str(error.problem)) from error
    except RecursionError as error:
        raise PolicyError(path.name, "", "层次太深") from error
    except UnicodeDecodeError as error:
        raise PolicyError(path.name, "", "不是 UTF-8 文字") from error
    except (OSError, yaml.YAMLError) as error:
        raise PolicyError(path.name, "", f"读不出来：{error}") from error
    except ValueError as error:  # a date such as 2026-02-30; PolicyError is one too and passes
        if isinstance(error, PolicyError):
            raise
        raise PolicyError(path.name, "", f"有一个值写得不对（多半是日期）：{error}") from error
