"""The state of a walking screen, without a screen: what each key changes, and the sentence that it leaves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cnncore.keras.first_layer import FirstLayer
from cnncore.lesson.kernels import KERNELS, SHARPEN
from cnncore.lesson.stepping import PoolStep
from tui.walk import state as walk_state
from tui.walk.convolution import Convolution
from tui.walk.kernel_edit import begin_edit, edit_key, pick_weight
from tui.walk.pooling import Pooling
from tui.walk.state import WalkState
from tui.walk.view import NOTHING_SAID, View
from tui.walk.walks import EXAMPLE, Sample
from tui.walk.workbench import Workbench

GREY = Sample("noise", np.random.default_rng(2).integers(0, 256, (6, 7), np.uint8))
CHANNELS = tuple(np.random.default_rng(n).integers(0, 256, (6, 7), np.uint8) for n in range(4))
COLOURED = Sample("colours", CHANNELS[0], channels=CHANNELS)


def on(*samples: Sample, start: View = NOTHING_SAID, here: bool = True, pooling: bool = False) -> WalkState:
    """A state with a walk over the first of `samples`, as the screen draws it for the first time."""
    state = WalkState(Pooling() if pooling else Convolution())
    workbench = Workbench()
    workbench.set_samples(list(samples or (GREY,)))
    state.begin(workbench, start, here=here)
    state.follow_workbench()
    return state


def at(state: WalkState) -> tuple[int, int]:
    return state.cursor.row, state.cursor.column


def test_without_a_workbench_every_key_is_harmless() -> None:
    state = WalkState(Convolution())
    assert not state.ready
    for act in (state.home, state.end, state.play, state.toggle_input, state.enter, state.toggle_prediction,
                state.to_output, state.toggle_map, state.toggle_all_maps, state.end_edit):  # fmt: skip
        act()
    for by in (state.step, state.finish_row, state.next_sample, state.next_channel, state.next_kernel, state.next_map):
        by(1)
    assert state.next_highlight(1) is None
    assert state.said == ""


def test_the_view_of_the_command_line_is_where_it_begins() -> None:
    assert at(on(start=View(at=(2, 3)))) == (2, 3)
    state = on(start=View(at=(9, 0)))
    assert state.said == "--at: row is 9; it must be from 0 to 3"
    assert on(start=View(at=(9, 0)), here=False).said == "", "the other screen was not asked for a cell"
    state.move(0, 1)
    assert state.said == ""


def test_moves_and_the_reasons_for_none() -> None:
    state = on(GREY)
    state.home()
    assert at(state) == (0, 0)
    state.home()
    assert "This is the start" in state.said
    state.move(0, 1)
    assert (at(state), state.said) == ((0, 1), "")
    state.finish_row(1)
    assert at(state) == (0, 4)
    state.end()
    assert state.cursor.at_end
    state.end()
    assert "This is the end" in state.said
    state.step(1)
    assert "This is the end" in state.said
    lonely = on(EXAMPLE)
    lonely.move(0, 1)
    assert "The output has only this cell" in lonely.said


def test_speed_has_two_ends() -> None:
    state = on(GREY)
    for _ in range(50):
        state.faster()
    assert "highest speed" in state.said
    for _ in range(50):
        state.slower()
    assert "lowest speed" in state.said


def test_the_cursor_goes_to_the_input_and_back_to_a_cell_that_the_value_feeds() -> None:
    state = on(GREY)
    state.jump(2, 3)
    state.toggle_input()
    assert state.moving is state.pixel and (state.pixel.row, state.pixel.column) == (3, 4)
    state.enter()
    assert not state.pixel.on and at(state) == (2, 3)
    state.to_output()
    assert "The cursor is on the output" in state.said


def test_a_value_that_no_window_reaches_says_so() -> None:
    state = on(GREY)
    state.bench.set_strides((5, 5))
    state.follow_workbench()
    state.pick(4, 5, output=False)
    state.enter()
    assert state.pixel.on and "No window reaches this value" in state.said


def test_moving_by_hand_stops_the_clock() -> None:
    acts: list[Callable[[WalkState], object]] = [
        lambda s: s.move(0, 1), lambda s: s.home(), lambda s: s.jump(0, 0), lambda s: s.toggle_input(),
        lambda s: s.pick(1, 1, output=True), lambda s: s.next_highlight(1), lambda s: s.toggle_prediction(),
    ]  # fmt: skip
    for act in acts:
        state = on(GREY)
        state.home()
        state.play()
        assert state.cursor.playing
        act(state)
        state.follow_workbench()
        assert not state.cursor.playing


def test_highlights_are_gone_round_in_order() -> None:
    state = on(GREY)
    highlights = state.walk().highlights
    seen = []
    for number in range(1, len(highlights) + 1):
        assert state.next_highlight(1) is None
        assert state.said.startswith(f"{number}/{len(highlights)} ")
        seen.append(at(state))
    assert seen == [(each.row, each.column) for each in highlights]
    state.next_highlight(1)
    assert state.said.startswith("1/")
    state.next_highlight(-1)
    assert at(state) == seen[-1]


def test_a_large_walk_is_searched_elsewhere_and_any_key_ends_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walk_state, "SEARCHED_AT_ONCE", 0)
    state = on(GREY)
    walk = state.next_highlight(1)
    assert walk is state.walk() and "Searching" in state.said
    assert state.next_highlight(1) is None, "it is being searched already"
    assert state.highlights_found(walk, in_front=True)
    assert state.said.startswith("2/"), "both presses count"
    state = on(GREY)
    walk = state.next_highlight(1)
    assert walk is not None
    state.home()
    before = at(state)
    assert not state.highlights_found(walk, in_front=True) and at(state) == before


def test_a_kernel_larger_than_the_picture_is_an_obstacle_until_it_fits() -> None:
    state = on(EXAMPLE)
    state.play()
    state.bench.set_custom(state.bench.draft().from_rows([[1] * 5] * 5).kernel())
    assert state.follow_workbench() is None
    assert "larger than the picture (3 x 3)" in state.obstacle and not state.ready and not state.cursor.playing
    state.bench.set_padding("same")
    assert state.follow_workbench() is not None and state.ready


def test_another_picture_keeps_the_cursor_inside() -> None:
    state = on(GREY, EXAMPLE)
    state.end()
    state.next_sample(1)
    state.follow_workbench()
    assert at(state) == (0, 0) and (state.cursor.rows, state.cursor.columns) == (1, 1)


def test_channels_are_of_colour_pictures_alone() -> None:
    state = on(COLOURED)
    state.next_channel(-1)
    assert state.bench.sample.pixels is CHANNELS[3]
    state = on(GREY)
    state.next_channel(1)
    assert "grey" in state.said


def test_a_network_of_one_kernel_has_no_next() -> None:
    state = on(GREY)
    state.next_kernel(1)
    assert state.said == ""
    state.bench.set_layer(FirstLayer(np.ones((3, 3, 1, 1), np.float32), np.zeros(1, np.float32)))
    state.next_kernel(1)
    assert "only this kernel" in state.said


def test_a_kernel_is_described_where_the_panel_has_no_room() -> None:
    state = on(GREY)
    state.describe_kernels = True
    state.next_kernel(1)
    assert state.said


def test_maps_are_gone_through_if_there_are_any() -> None:
    state = on(GREY)
    state.next_map(1)
    assert "No maps are shown" in state.said
    state.toggle_map()
    state.next_map(1)
    assert "the only map" in state.said
    state.toggle_all_maps()
    assert state.bench.shown_maps == []
    state.toggle_all_maps()
    assert len(state.bench.shown_maps) == len(KERNELS)
    state.choose_map(0)
    assert state.bench.kernel is KERNELS[0]


def test_what_is_typed_into_a_kernel_is_kept_when_it_is_left() -> None:
    state = on(GREY)
    begin_edit(state)
    assert state.editor.on
    assert edit_key(state, "7", "7")
    state.next_kernel(0)
    assert not state.editor.on
    assert state.bench.kernel.weights[1][1] == 7
    begin_edit(state)
    edit_key(state, "minus", "-")
    edit_key(state, "minus", "-")
    state.play()
    assert not state.editor.on and "'--'" in state.said and state.bench.kernel.weights[1][1] == 7


def test_a_click_on_a_weight_goes_to_its_product() -> None:
    state = on(GREY)
    state.jump(1, 1)
    pick_weight(state, 1, 0)
    step = state.walk().steps[state.cursor.index]
    assert not isinstance(step, PoolStep)
    assert (step.terms[state.cursor.term - 1].row, step.terms[state.cursor.term - 1].column) == (1, 0)


def test_a_prediction_is_judged() -> None:
    state = on(EXAMPLE)
    state.toggle_prediction()
    assert state.prediction.on
    state.answer("x")
    assert state.said
    state.answer("65")
    assert state.bench.kernel is SHARPEN and "65" in state.said
    state.to_output()
    assert not state.prediction.on


ACTS: dict[str, Callable[[WalkState, int], Any]] = {
    "move": lambda s, by: s.move(0, by),
    "line": lambda s, by: s.move(by, 0),
    "step": lambda s, by: s.step(by),
    "row": lambda s, by: s.finish_row(by),
    "home": lambda s, _: s.home(),
    "end": lambda s, _: s.end(),
    "play": lambda s, _: s.play(),
    "input": lambda s, _: s.toggle_input(),
    "output": lambda s, _: s.to_output(),
    "enter": lambda s, _: s.enter(),
    "highlight": lambda s, by: s.next_highlight(by),
    "predict": lambda s, _: s.toggle_prediction(),
    "answer": lambda s, by: s.answer(str(by)),
    "sample": lambda s, by: s.next_sample(by),
    "channel": lambda s, by: s.next_channel(by),
    "kernel": lambda s, by: s.next_kernel(by),
    "edit": lambda s, _: begin_edit(s),
    "map": lambda s, _: s.toggle_map(),
    "maps": lambda s, _: s.toggle_all_maps(),
    "next map": lambda s, by: s.next_map(by),
    "stride": lambda s, by: s.operation.next_stride(s.bench, by),
    "padding": lambda s, _: s.operation.set_padding(s.bench, s.operation.next_padding(s.bench)),
}


@settings(max_examples=60, deadline=None)
@given(st.booleans(), st.lists(st.tuples(st.sampled_from(sorted(ACTS)), st.sampled_from([-1, 1])), max_size=30))
def test_whatever_is_done_both_cursors_stay_inside(pooling: bool, acts: list[tuple[str, int]]) -> None:
    state = on(GREY, EXAMPLE, COLOURED, pooling=pooling)
    for name, by in acts:
        ACTS[name](state, by)
        walk = state.follow_workbench()
        assert (walk is None) == bool(state.obstacle)
        if walk is not None:
            assert 0 <= state.cursor.row < walk.steps.rows and 0 <= state.cursor.column < walk.steps.columns
            assert 0 <= state.cursor.term <= walk.terms
            rows, columns = walk.inputs.shape
            assert 0 <= state.pixel.row < rows and 0 <= state.pixel.column < columns
