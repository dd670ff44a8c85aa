"""Korean for what is said where a key can do nothing, or where there is nothing to walk."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "The key {key} has no meaning here: ? lists all keys.": "{key} 키는 여기서 쓰지 않습니다. ?에 모든 키가 있습니다.",
    "This is the screen {name}.": "지금 보는 화면이 {name}입니다.",
    "No shell waits behind this app that could bring it back.": "이 앱을 다시 불러올 셸이 없어 멈추지 않습니다.",
    "Without colours (NO_COLOR) there is no theme to choose.": "색을 쓰지 않으므로(NO_COLOR) 고를 테마가 없습니다.",
    "A shows everything in words, which these keys scroll.": "A를 누르면 전체가 글로 나오고, 이 키로 넘깁니다.",
    "These are the kernels of {name} now.": "이제 {name}의 커널입니다.",
    # Convolution and pooling.
    "This is the end: Home goes to the beginning.": "끝입니다. Home을 누르면 처음으로 갑니다.",
    "This is the beginning: . goes on.": "처음입니다. .을 누르면 나아갑니다.",
    "The input is this one value; Tab goes back.": "입력이 이 값 하나뿐입니다. Tab으로 돌아갑니다.",
    "The output is this one cell: . and , go through its products, Home begins anew.": (
        "출력이 이 칸 하나뿐입니다. .과 ,로 곱셈을 하나씩 보고, Home으로 처음부터 봅니다."
    ),
    "There is no other row.": "다른 행이 없습니다.",
    "There is no other column.": "다른 열이 없습니다.",
    "This is the row's last value.": "이 행의 마지막 값입니다.",
    "This is the row's first value.": "이 행의 첫 값입니다.",
    "This is the first value.": "첫 값입니다.",
    "This is the last value.": "마지막 값입니다.",
    "It cannot go faster: - makes it slower.": "더 빠르게 할 수 없습니다. -로 느리게 합니다.",
    "It cannot go slower: + makes it faster.": "더 느리게 할 수 없습니다. +로 빠르게 합니다.",
    "The hand is on the output: Tab takes it to the input.": "커서가 출력에 있습니다. Tab을 누르면 입력으로 갑니다.",
    "No window reaches this value: there is no output cell to go to.": (
        "이 값에 닿는 창이 없어 갈 수 있는 출력 칸이 없습니다."
    ),
    "The network has this one kernel: w goes back to the others.": (
        "신경망의 커널이 이것 하나뿐입니다. w로 다른 커널로 돌아갑니다."
    ),
    "Reading the network's kernels": "신경망의 커널을 읽는 중",
    "This is the only map that is kept: k and m keep another, M shows all.": (
        "보고 있는 맵이 하나뿐입니다. k와 m으로 더하고, M으로 모두 봅니다."
    ),
    "No maps are kept: m keeps this kernel's, M shows those of all.": (
        "늘 보는 맵이 없습니다. m으로 이 커널의 맵을, M으로 모든 맵을 봅니다."
    ),
    "Through this weight the value feeds no output cell.": "이 가중치로는 값이 쓰이는 출력 칸이 없습니다.",
    "none": "없음",
    "The pooling window ({window}) is larger than its input ({size}): z pads it, d changes the window, n takes another"
    " picture.": (
        "풀링 창({window})이 입력({size})보다 큽니다. z로 패딩하거나 d로 창을 바꾸거나 n으로 다른 그림을 고르세요."
    ),
    "The kernel ({kernel}) with its dilation spans {span}, more than the picture ({size}): d changes the dilation, n"
    " takes another picture.": (
        "커널({kernel})이 팽창 때문에 {span}에 걸쳐 그림({size})보다 큽니다. d로 팽창을 바꾸거나 n으로 다른 그림을"
        " 고르세요."
    ),
    "The kernel ({kernel}) is larger than the picture ({size}): k takes another kernel, n another picture.": (
        "커널({kernel})이 그림({size})보다 큽니다. k로 다른 커널을, n으로 다른 그림을 고르세요."
    ),
    "The kernel ({kernel}) is larger than the picture ({size}): z pads it, k takes another kernel, n another"
    " picture.": (
        "커널({kernel})이 그림({size})보다 큽니다. z로 패딩하거나 k로 다른 커널을, n으로 다른 그림을 고르세요."
    ),
    # Editing a kernel.
    "There is nothing to undo.": "되돌릴 것이 없습니다.",
    "Nothing is typed; u undoes.": "입력한 것이 없습니다. u로 되돌립니다.",
    "The scale is 1/sum already, or the weights add up to 0.": "배율이 이미 1/합이거나 가중치의 합이 0입니다.",
    "The kernel has one column: Up and Down go to its rows and to the scale.": (
        "커널의 열이 하나뿐입니다. 위아래 화살표로 행과 배율로 갑니다."
    ),
    "A weight is typed in at most {count} characters.": "가중치는 {count}글자까지 쓸 수 있습니다.",
    # The network.
    "This is the whole network: Enter goes in.": "신경망 전체입니다. Enter로 안으로 들어갑니다.",
    "It has this one value: < and > go to others.": "값이 이것 하나뿐입니다. <와 >로 다른 층으로 갑니다.",
    "This value has no terms to go through.": "이 값에는 하나씩 볼 항이 없습니다.",
    "This is the first term.": "첫 항입니다.",
    "This is the last term.": "마지막 항입니다.",
    "The layer has this one map.": "이 층의 맵은 이것 하나뿐입니다.",
    "This is the last layer.": "마지막 층입니다.",
    "This is the input: before it there is no layer.": "입력입니다. 앞에 다른 층이 없습니다.",
    "Before it is the input, of which nothing is computed: Esc goes out.": (
        "앞은 입력이라 계산이 없습니다. Esc로 밖으로 나갑니다."
    ),
    "This is the first map.": "첫 맵입니다.",
    "This is the last map.": "마지막 맵입니다.",
    "The cursor is on the largest value already.": "커서가 이미 가장 큰 값에 있습니다.",
    "No other map has a value that is not 0.": "0이 아닌 값이 있는 다른 맵이 없습니다.",
    "The weights of this value are among its numbers here; Esc goes out to those of the layer.": (
        "이 값의 가중치는 여기 있는 수에 들어 있습니다. Esc로 나가면 층의 가중치가 있습니다."
    ),
    "There is room for both: maps above, weights below.": "둘 다 보입니다. 위는 맵, 아래는 가중치입니다.",
    "Only one kernel makes this map.": "이 맵을 만드는 커널은 하나뿐입니다.",
    "This layer has no kernels.": "이 층에는 커널이 없습니다.",
    "No term was followed here: d follows one down.": "항을 따라온 적이 없습니다. d로 항을 따라 내려갑니다.",
    "Terms are listed for one value: Enter goes in.": "항은 값 하나의 계산에 나옵니다. Enter로 들어갑니다.",
    "Terms largest first.": "항을 큰 것부터 보여 줍니다.",
    "Terms in their order.": "항을 순서대로 보여 줍니다.",
    "The pictures are not there yet.": "그림이 아직 준비되지 않았습니다.",
    "Keras's value stands beside one value: Enter goes in.": "Keras의 값은 값 하나의 계산에 나옵니다: Enter.",
    "Keras has no value for this network.": "이 신경망에는 Keras의 값이 없습니다.",
    # Training and validation.
    "A run is going on: s stops it.": "훈련 중입니다. s로 멈춥니다.",
    "Nothing is running: t trains.": "훈련 중이 아닙니다. t로 훈련합니다.",
    "The options are for the next run: s stops this one.": "옵션은 다음 훈련에 쓰입니다. s로 지금 훈련을 멈춥니다.",
    "All views are in sight.": "모든 보기가 이미 보입니다.",
    "The charts show the range of their values.": "차트에 값이 있는 범위만 보여 줍니다.",
    "The charts show the whole range.": "차트에 전체 범위를 보여 줍니다.",
    "The charts are drawn in {signs}.": "차트를 그리는 모양: {signs}.",
    "blocks": "블록",
    "dots": "점",
    "plain characters": "일반 글자",
    "o changes the options, t trains again.": "o로 옵션을 바꾸고 t로 다시 훈련합니다.",
    "A check is going on: s stops it.": "대조 중입니다. s로 멈춥니다.",
    "Nothing is running: t or f checks a network.": "대조 중이 아닙니다. t나 f로 신경망을 대조합니다.",
}
