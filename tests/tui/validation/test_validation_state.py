"""The state of the validation place, without a screen and without a child."""

from __future__ import annotations

from cnncore.child.messages import Failed, Stage
from cnncore.training.config import NETWORKS
from tui.validation.state import IMAGES, ValidationState


def failed(state: ValidationState, reason: str) -> None:
    state.begin("", 0.0, trained=False)
    state.apply(Failed(reason), 1.0)
    state.end()


def test_a_check_is_of_the_trained_network_or_of_fresh_weights() -> None:
    state = ValidationState(trained="net.keras", seed=4, images=10)
    assert state.begin("data", 1.0, trained=True).model == "net.keras"
    request = state.begin("data", 1.0, trained=False)
    assert (request.model, request.network, request.seed, request.data, request.images) == (
        "", NETWORKS[0], 4, "data", 10,
    )  # fmt: skip
    assert state.running and state.request is request


def test_a_stage_has_its_beginning() -> None:
    state = ValidationState()
    state.begin("", 1.0, trained=False)
    state.apply(Stage("compare"), 5.0)
    assert (state.stage, state.stage_began, state.checked) == ("compare", 5.0, None)


def test_one_that_was_stopped_says_so() -> None:
    state = ValidationState()
    state.begin("", 0.0, trained=False)
    state.end()
    assert not state.running and state.checked is None
    assert isinstance(state.result, Failed) and state.result.message == "Stopped."


def test_the_same_failure_again_is_told_apart_from_no_answer() -> None:
    state = ValidationState()
    failed(state, "there is no Keras")
    assert state.notice == ""
    failed(state, "there is no Keras")
    assert "failed again" in state.notice
    state.clear()
    failed(state, "something else")
    assert state.notice == ""


def test_choices_go_round() -> None:
    state = ValidationState()
    networks, images = [], []
    for _ in range(2 * len(NETWORKS)):
        networks.append(state.network)
        state.next_network()
    for _ in range(2 * len(IMAGES)):
        images.append(state.images)
        state.next_images()
    assert networks == [*NETWORKS] * 2 and sorted(images) == sorted([*IMAGES] * 2)
    state.next_seed()
    assert state.seed == 1
