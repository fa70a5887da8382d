import json

import pytest

from mengkeju.matching.engine import cold
from mengkeju.matching.engine.likeness import NAMES


def test_the_shipped_model_has_twelve_weights_that_speak_for_a_match() -> None:
    model = cold.load()
    assert model.ordinal.names == NAMES
    assert all(weight >= 0 for weight in model.ordinal.weights)
    assert any(weight > 0 for weight in model.ordinal.weights)
    assert model.version.startswith("cold-")
    assert model.fitted_on
    assert model.source


def test_the_model_survives_its_file() -> None:
    assert cold.from_json(cold.load().to_json()) == cold.load()


def test_the_file_holds_numbers_and_names_only() -> None:
    data = json.loads(cold.load().to_json())
    texts = {data["fitted_on"], data["source"], data["ordinal"]["schema"], data["ordinal"]["model"], *NAMES}

    def strings(value: object) -> set[str]:
        if isinstance(value, dict):
            return set().union(*map(strings, value.values()))
        if isinstance(value, list):
            return set().union(*map(strings, value))
        return {value} if isinstance(value, str) else set()

    assert strings(data) == texts


def test_a_model_of_other_features_is_refused() -> None:
    data = json.loads(cold.load().to_json())
    data["ordinal"]["names"][0] = "other"
    with pytest.raises(ValueError, match="重新拟合"):
        cold.from_json(json.dumps(data))
    data = json.loads(cold.load().to_json())
    data["reference"]["mean"].pop()
    with pytest.raises(ValueError, match="参照值"):
        cold.from_json(json.dumps(data))
