from pathlib import Path

import pytest

from mengkeju.policy.engine.reading import MOST_BYTES, PolicyError, read


def written(folder: Path, text: str | bytes) -> Path:
    path = folder / "a.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_plain_yaml_is_read(tmp_path: Path) -> None:
    assert read(written(tmp_path, 'a: 1\nb: ["0.10", 12, true]\nc: {d: }\n')) == {
        "a": 1,
        "b": ["0.10", 12, True],
        "c": {"d": None},
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: &x [1]\nb: *x\n", "第 1 行：不能用锚点和引用"),
        ("a: 1\nb: *x\n", "第 2 行：不能用锚点和引用"),
        ("a: 1\na: 2\n", "第 2 行：“a”写了两次"),
        ("a: {b: 1, b: 2}\n", "“b”写了两次"),
        ("a: 010\n", "“010”不是普通的整数"),
        ("a: 1:30\n", "“1:30”不是普通的整数"),
        ("a: 5_000_000\n", "“5_000_000”不是普通的整数"),
        ("on: 2026-01-01\n", "键要写成文字，不是 True"),
        ("a: !!python/object/apply:os.system [ls]\n", "could not determine a constructor"),
        ("a: [1\n", "expected"),
        ("a: 2026-02-30\n", "多半是日期"),
        ("[" * 20_000, "层次太深"),
        (b"a: \xff\n", "不是 UTF-8"),
        ("a: " + "x" * MOST_BYTES, "超过 64 KB"),
        ("a: 1\n---\nb: 2\n", "第 2 行"),
    ],
)
def test_what_could_surprise_is_refused_with_file_and_place(tmp_path: Path, text: str | bytes, said: str) -> None:
    with pytest.raises(PolicyError) as refused:
        read(written(tmp_path, text))
    assert str(refused.value).startswith("a.yaml：")
    assert said in str(refused.value)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match=r"gone\.yaml：读不出来"):
        read(tmp_path / "gone.yaml")
