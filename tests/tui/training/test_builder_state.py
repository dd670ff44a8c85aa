"""The builder's state: edits, what they make possible or not, and the way back."""

from __future__ import annotations

import pytest

from cnncore.errors import CnnError
from cnncore.training.architecture import OPTIONS, PRESETS, preset
from cnncore.training.config import TrainConfig
from tui.i18n import set_language
from tui.training.builder.state import BuilderState
from tui.training.builder.values import layer_text, next_value, parsed, value_text
from tui.training.builder.words import OPTION_WORDS, option_line


def kinds(state: BuilderState) -> list[str]:
    return [layer.kind for layer in state.network.layers]


def option(state: BuilderState, name: str) -> None:
    """Put the cursor on an option of the current layer."""
    state.option = [one.name for one in state.options].index(name)


def test_a_layer_is_added_moved_copied_and_removed_and_all_is_undone() -> None:
    state = BuilderState(TrainConfig(network="tiny"))
    before = state.network
    assert state.insert("Dropout", before=False) == "Layer 2 is a new Dropout."
    assert kinds(state) == ["Conv2D", "Dropout", "MaxPooling2D", "Flatten", "Dense"]
    assert state.at == 1
    state.move(1)
    assert (kinds(state)[2], state.at) == ("Dropout", 2)
    state.copy()
    assert (kinds(state)[2:4], state.at) == (["Dropout", "Dropout"], 3)
    state.remove()
    state.insert("ReLU", before=True)
    assert kinds(state)[3] == "ReLU"
    for _edit in range(5):
        assert state.undo() == ""
    assert state.network is before
    assert state.undo() == "There is nothing to undo."
    for _edit in range(5):
        assert state.redo() == ""
    assert kinds(state)[3] == "ReLU"
    assert state.redo() == "There is nothing to redo."


def test_an_option_goes_through_its_steps_and_choices_and_stops_at_the_last() -> None:
    state = BuilderState(TrainConfig())
    assert state.step(1) == ""
    assert state.network.layers[0].value("filters") == 128
    assert state.step(1) == "filters: 128 is the last step; Enter types another value."
    option(state, "padding")
    state.step(1)
    assert state.rows[0].output_shape == (28, 28, 128)
    state.step(1)
    assert state.rows[0].output_shape == (26, 26, 128)


def test_a_typed_value_is_taken_or_refused_with_a_reason() -> None:
    state = BuilderState(TrainConfig())
    state.edit(state.with_typed("48"))
    assert state.network.layers[0].value("filters") == 48
    state.step(-1)
    assert state.network.layers[0].value("filters") == 32
    option(state, "kernel_size")
    state.edit(state.with_typed("3x5"))
    assert state.rows[0].output_shape == (26, 24, 32)
    for text, reason in (("many", "write a number"), ("0", "kernel_size"), ("", "write a number")):
        with pytest.raises(CnnError, match=reason):
            state.with_typed(text)
    option(state, "activation")
    with pytest.raises(CnnError, match="must be one of"):
        state.with_typed("swish")


def test_every_option_has_its_meaning_and_reads_back_what_it_shows() -> None:
    assert {one.name for several in OPTIONS.values() for one in several} <= set(OPTION_WORDS)
    for kind, several in OPTIONS.items():
        for one in several:
            for value in (one.default, *one.choices, *one.steps):
                assert parsed(one, value_text(one, value)) == value, (kind, one.name)


def test_steps_lead_from_the_first_to_the_last_and_end_there() -> None:
    strides = next(one for one in OPTIONS["MaxPooling2D"] if one.name == "strides")
    assert next_value(strides, 1, -1) == (None,)
    assert next_value(strides, None, -1) is None
    assert next_value(strides, 3, 1) is None
    assert next_value(strides, (2, 2), 1) == (3,)


def test_an_impossible_layer_is_explained_and_those_behind_it_are_unknown() -> None:
    state = BuilderState(TrainConfig())
    state.at = 4
    state.insert("Conv2D", before=False)
    assert str(state.rows[5].trouble).endswith("move it before Flatten")
    assert [row.output_shape for row in state.rows[5:]] == [None, None, None]
    assert state.program.lines == ()
    with pytest.raises(CnnError, match="layer 6"):
        state.accepted()
    state.undo()
    assert state.refusal is None
    assert state.program.lines


def test_an_edited_preset_has_another_name_and_an_accepted_network_keeps_the_options() -> None:
    config = TrainConfig(epochs=3, dropout=0.5)
    state = BuilderState(config)
    assert not state.edited
    assert state.accepted() is config
    assert "Dropout" in kinds(state)
    state.step(-1)
    accepted = state.accepted()
    assert state.network.name == "my network"
    assert (accepted.network, accepted.epochs, accepted.dropout) == ("own", 3, 0.0)
    assert accepted.design == state.network
    assert state.take(preset("lenet5")) == "The network lenet5 is open; u goes back to the one before."
    assert (state.accepted().network, state.accepted().architecture) == ("lenet5", None)
    assert state.take(preset("lenet5")) == "This is already the network lenet5."


def test_a_draft_is_never_lost() -> None:
    state = BuilderState(TrainConfig())
    state.step(-1)
    draft = state.network
    state.open(TrainConfig(epochs=9))
    assert state.network is draft
    state.open(TrainConfig(network="tiny"))
    assert state.network == PRESETS["tiny"]
    state.undo()
    assert state.network is draft


def test_a_network_without_layers_says_what_can_be_done() -> None:
    state = BuilderState(TrainConfig(network="softmax"))
    state.remove()
    state.remove()
    assert (state.layer, state.chosen) == (None, None)
    sentence = "The network has no layers: i adds one, p opens a ready one."
    assert {state.remove(), state.copy(), state.move(1), state.step(1), state.go(1), state.go_end(1)} == {sentence}
    assert option_line(state) == sentence
    state.insert("Dense", before=False)
    assert kinds(state) == ["Dense"]


def test_the_program_follows_the_cursor_and_the_cursor_the_program() -> None:
    state = BuilderState(TrainConfig())
    state.go_to(2)
    assert state.program.layer == 2
    assert state.turn_pane()
    state.go(1)
    assert state.at == 3
    state.go_end(-1)
    assert state.program.line == 0
    assert state.go(-1) == "The program ends here."
    assert state.at == 3
    state.program.turn_style()
    state.turn_pane()
    assert state.program.current is not None
    assert state.program.current.text == "    MaxPooling2D(2),"


def test_a_layer_is_named_by_its_numbers() -> None:
    texts = [layer_text(layer) for layer in preset("lenet5").layers]
    assert texts[0] == "Conv2D 6, 5, same, tanh"
    assert texts[1] == "AveragePooling2D 2"
    assert texts[-1] == "Dense 10, softmax"


def test_the_name_of_an_edited_preset_is_in_the_readers_language() -> None:
    set_language("ko")
    state = BuilderState(TrainConfig())
    state.remove()
    assert state.network.name == "내 신경망"


def test_the_line_of_the_program_stays_while_the_network_is_impossible() -> None:
    state = BuilderState(TrainConfig())
    state.turn_pane()
    while state.program.current is None or "optimizer=" not in state.program.current.text:
        assert state.go(1) == ""
    state.at = 4
    state.insert("Conv2D", before=False)
    assert state.program.current is None
    assert state.go(1) == "The program ends here."
    state.undo()
    assert state.program.current is not None
    assert "optimizer=" in state.program.current.text


def test_what_the_program_does_not_show_is_said_beside_it() -> None:
    state = BuilderState(TrainConfig())
    assert state.turn_option(1) == ""
    state.turn_pane()
    assert state.turn_option(1) == "Layer 1: Conv2D, strides 1"
    assert state.step(1) == "Layer 1: Conv2D, strides 2"
    assert state.undo() == "Layer 1: Conv2D, strides 1"
    assert state.move(1) == "Layer 2: Conv2D, strides 1"
    assert state.program.layer == 1
    state.copy()
    assert state.move(-1) == "The two layers are the same."
    assert state.at == 1
