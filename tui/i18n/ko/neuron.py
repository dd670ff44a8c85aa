"""Korean for the arithmetic of one value of a network."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # What is explained.
    "layer": "층",
    "layer {number}": "층 {number}",
    "of {shape}": "(전체 {shape})",
    "row {row}, column {column}, map {map}": "행 {row}, 열 {column}, 맵 {map}",
    "unit {unit}": "유닛 {unit}",
    "place {place}": "위치 {place}",
    "map {map}": "맵 {map}",
    "map": "맵",
    "unit": "유닛",
    "place": "위치",
    "value": "값",
    "product": "곱",
    # What a layer does.
    "The kernel of each of the {channels} channels lies on its map: {taps} products. The channel sums + bias make z.": (
        "채널 {channels}개마다 커널이 그 맵 위에 놓여 곱이 {taps}개씩 나옵니다. 채널 합을 모두 더하고 편향을 더하면 "
        "z가 됩니다."
    ),
    "The kernel lies on the input: {count} products value x weight. Their sum + bias makes z.": (
        "커널이 입력 위에 놓여 값 x 가중치 곱이 {count}개 나옵니다. 그 합에 편향을 더하면 z가 됩니다."
    ),
    "The kernel lies on map {map} alone: {count} products. Their sum + bias makes z.": (
        "커널이 맵 {map} 위에만 놓여 곱이 {count}개 나옵니다. 그 합에 편향을 더하면 z가 됩니다."
    ),
    "Each of the {count} inputs x its weight; the sum of all products + bias makes z.": (
        "입력 {count}개에 저마다 가중치를 곱합니다. 모든 곱의 합에 편향을 더하면 z가 됩니다."
    ),
    "Of the {count} values in the window only the largest goes on.": (
        "창 안의 값 {count}개 가운데 가장 큰 값만 남습니다."
    ),
    "The mean of the window: the sum of its values / how many they are; padding is not counted.": (
        "창의 평균입니다. 값의 합을 개수로 나누며, 패딩은 세지 않습니다."
    ),
    "The mean of the whole map: the sum of its {count} values / {count}.": (
        "맵 전체의 평균입니다. 값 {count}개의 합을 {count}(으)로 나눕니다."
    ),
    "The maps are laid out in one row, nothing is computed: only the place gets a number.": (
        "맵을 한 줄로 늘어놓습니다. 계산은 없고 위치에 번호만 붙습니다."
    ),
    "Off when the network answers: the value passes unchanged. It works only while training.": (
        "신경망이 답할 때는 꺼져 있어 값이 그대로 지나갑니다. 훈련할 때만 작동합니다."
    ),
    "The network's input, unchanged.": "신경망의 입력 그대로입니다.",
    "Zeros are laid around the map; what is inside passes unchanged.": (
        "맵 둘레에 0을 두릅니다. 안쪽 값은 그대로 지나갑니다."
    ),
    "(x - mean) / sqrt(variance + epsilon) x gamma + beta, with this map's numbers from training.": (
        "(x - 평균) / sqrt(분산 + 엡실론) x 감마 + 베타. 훈련에서 얻은 이 맵의 수를 씁니다."
    ),
    "x times the scale, plus the offset.": "x에 배율을 곱하고 오프셋을 더합니다.",
    "ReLU: what is negative becomes 0, the rest passes.": "ReLU: 음수는 0이 되고 나머지는 그대로 지나갑니다.",
    "ReLU with settings of its own: what is above the threshold passes, the rest becomes the slope x how far "
    "below it is; never more than the limit.": (
        "설정이 있는 ReLU: 문턱값을 넘으면 그대로 지나가고, 넘지 않으면 모자란 만큼에 기울기를 곱합니다. "
        "한도를 넘는 값은 한도가 됩니다."
    ),
    "Softmax: e^z of this one / the sum of e^z of all; together the shares make 1.": (
        "소프트맥스: 이 값의 e^z를 모든 e^z의 합으로 나눕니다. 확률을 모두 더하면 1입니다."
    ),
    "An activation alone; z is the value of the layer before.": "활성화만 하는 층입니다. z는 앞 층의 값입니다.",
    "z goes on as it is.": "z가 그대로 나갑니다.",
    "ReLU makes every negative z 0.": "ReLU는 음수인 z를 0으로 만듭니다.",
    "Sigmoid, 1 / (1 + e^-z), puts z between 0 and 1.": "시그모이드 1 / (1 + e^-z)는 z를 0과 1 사이로 옮깁니다.",
    "tanh puts z between -1 and 1.": "tanh는 z를 -1과 1 사이로 옮깁니다.",
    "Softmax divides e^z by the sum of e^z of all units.": "소프트맥스는 e^z를 모든 유닛의 e^z 합으로 나눕니다.",
    # The listing.
    "row, column": "행, 열",
    "row, column, map": "행, 열, 맵",
    "map, and row, column": "맵, 그 안의 행, 열",
    "index (row, column, map)": "번호 (행, 열, 맵)",
    "value x weight = product": "값 x 가중치 = 곱",
    "largest first": "큰 순서",
    "in order": "차례대로",
    "pad": "패딩",
    "sum of {count}": "{count}개의 합",
    "{count} shown": "보이는 {count}개",
    "the other {count}": "나머지 {count}개",
    "all {count} shown": "{count}개 모두",
    "all": "전체",
    "positive": "양수 합",
    "negative": "음수 합",
    # The window as it lies.
    "values": "값",
    "kernel": "커널",
    "products": "곱",
    # The stages.
    "all {count} products": "곱 {count}개 모두",
    "all {count} channel sums": "채널 합 {count}개 모두",
    "all {count} values": "값 {count}개 모두",
    "and this layer has no bias": "이 층에는 편향이 없습니다",
    "z, with the bias": "z, 편향을 더함",
    "largest": "최댓값",
    "of {count} values": "값 {count}개 가운데",
    "mean": "평균",
    "unchanged": "그대로",
    "padding": "패딩",
    "outside the map, so 0": "맵 바깥이므로 0",
    "x - mean": "x - 평균",
    "variance + epsilon": "분산 + 엡실론",
    "its square root": "그 제곱근",
    "normalized": "정규화",
    "x gamma": "x 감마",
    "+ beta": "+ 베타",
    "x scale": "x 배율",
    "+ offset": "+ 오프셋",
    "threshold": "문턱값",
    "not above the threshold, so 0": "문턱값을 넘지 않으므로 0",
    "slope": "기울기",
    "at most {most}": "최대 {most}",
    # Flatten and dropout.
    "index = {formula}, because the maps are {shape}": "번호 = {formula} (맵이 {shape}이므로)",
    "index = {numbers} = {index}": "번호 = {numbers} = {index}",
    "and back: {steps}": "거꾸로: {steps}",
    "{number} / {divisor} = {quotient}, rest {rest}": "{number} / {divisor} = {quotient}, 나머지 {rest}",
    "While training it would become 0 with a probability of {rate:.0%}.": (
        "훈련할 때라면 {rate:.0%}의 확률로 0이 됩니다."
    ),
    "Otherwise it is divided by {keep:g}, so that the mean stays: {value} / {keep:g} = {kept}.": (
        "그렇지 않으면 평균이 그대로이도록 {keep:g}(으)로 나눕니다: {value} / {keep:g} = {kept}."
    ),
    # Softmax.
    "share": "확률",
    "Softmax of {count} units, the logits of all recomputed": "유닛 {count}개의 소프트맥스, 로짓은 모두 다시 계산",
    "sum of e^(z-max) = {sum}": "e^(z-max)의 합 = {sum}",
    "the other {count}: e^(z-max) makes {sum}": "나머지 {count}개의 e^(z-max) 합: {sum}",
    # The value.
    "recomputed": "다시 계산",
    "C core": "C 코어",
    "the same": "같음",
    "difference {value}": "차이 {value}",
    "Shown rounded.": "반올림해 보여 줍니다.",
    # Errors.
    "{value} is not a place in an output of shape {shape}": "{value}은(는) 모양이 {shape}인 출력 안의 위치가 아닙니다",
    "the activations are not those of one input of this network: their shapes are {shapes}, not {needs}": (
        "이 신경망에 입력 하나를 넣은 활성값이 아닙니다. 모양이 {needs}이어야 하는데 {shapes}입니다"
    ),
}
