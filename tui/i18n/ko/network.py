"""Korean for the network screen."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # Keys and their groups.
    "Go": "이동하기",
    "See": "보기",
    "Pictures": "그림들",
    "Go in": "안으로",
    "Go out": "밖으로",
    "Layer, row or term": "층, 행 또는 항",
    "Map, column or value": "맵, 열 또는 값",
    "Map before, map after": "이전 맵, 다음 맵",
    "Layer before, layer after": "이전 층, 다음 층",
    "Page": "쪽 넘기기",
    "First, last": "처음, 끝",
    "To the largest value": "가장 큰 값으로",
    "Next map that is not all 0": "모두 0은 아닌 다음 맵",
    "Jump to a map or to row, column": "맵이나 행, 열로 건너뛰기",
    "Down to where a term comes from": "항이 나온 곳으로 내려가기",
    "Up to what this feeds": "이 값이 쓰이는 곳으로 올라가기",
    "Back to where a term was followed from": "항을 따라오기 전 자리로",
    "Misclassified": "오분류",
    "By class": "클래스별",
    "Invert the picture": "그림 반전",
    "Open a network": "신경망 열기",
    "Why": "이유",
    "Scale": "밝기 기준",
    "Weights": "가중치",
    "Kernel of another input map, or another weight": "다른 입력 맵의 커널, 다른 가중치",
    "Terms largest first or in order": "항을 큰 것부터 또는 순서대로",
    "Every layer of a trained network with what it makes of a picture. Enter goes in: from all maps to one large,"
    " from there to the arithmetic of one value, and from a term of that to where it came from. Esc goes out"
    " by one. All numbers are computed by the C core from this picture and these weights.": (
        "훈련한 신경망의 모든 층과, 각 층이 그림에서 만들어 내는 값을 보여 줍니다. Enter로 안으로 들어갑니다. 모든"
        " 맵에서 맵 하나로, 거기서 값 하나의 계산으로, 그 계산의 한 항에서 그 항이 나온 곳으로 내려갑니다."
        " Esc는 한 단계씩 밖으로 나옵니다. 모든 수는 이 그림과 이 가중치로 C 코어가 계산한 것입니다."
    ),
    # NaN: no answer.
    "NaN: no answer": "NaN: 답 없음",
    "no answer: NaN": "답 없음: NaN",
    "The network gives NaN, so it names no class": "신경망의 출력이 NaN이라 클래스를 정할 수 없습니다",
    "For {count} of {total} pictures the network gives NaN: no class is named.": (
        "그림 {total}장 가운데 {count}장에서 신경망의 출력이 NaN이라 클래스를 정할 수 없습니다."
    ),
    "the network gives NaN for this picture, so it names no class, and there is none to explain": (
        "이 그림에 대한 신경망의 출력이 NaN이라 클래스를 정할 수 없고, 설명할 답도 없습니다"
    ),
    # A file that describes too much.
    "the network has {count} layers; at most {most} can be": (
        "신경망의 층이 {count}개입니다. {most}개까지만 쓸 수 있습니다"
    ),
    "layer {layer} has {shape} numbers for one input; at most {most} can be": (
        "층 {layer}의 값이 입력 하나에 {shape}개입니다. {most}개까지만 쓸 수 있습니다"
    ),
    "the layers it describes need {count} weights, but the file holds {held} bytes of weights": (
        "파일에 적힌 층에는 가중치가 {count}개 있어야 하는데, 파일에 든 가중치는 {held}바이트입니다"
    ),
    "the layers it describes need {count} weights; at most {most} can be": (
        "파일에 적힌 층에는 가중치가 {count}개 있어야 합니다. {most}개까지만 쓸 수 있습니다"
    ),
    # Where one is.
    "Network": "신경망",
    "Layers": "층",
    "Map": "맵",
    "map {number}": "맵 {number}",
    "from map {number}": "앞 층 맵 {number}",
    "value {number}": "값 {number}",
    "arithmetic": "계산",
    "class {number}": "클래스 {number}",
    "fresh weights": "무작위 초기 가중치",
    "{count} maps of {size}": "{size} 맵 {count}개",
    "{count} values": "값 {count}개",
    "{count} parameters": "매개변수 {count}개",
    "page {page}/{pages}": "{page}/{pages}쪽",
    # Colour scales and dead maps.
    "each map": "맵마다",
    "this map": "이 맵",
    "this layer": "이 층",
    "the whole network": "신경망 전체",
    "Scale s: {scale}, max {value}": "밝기 기준 s: {scale}, 최대 {value}",
    "s: {scale}, max {value}": "s: {scale}, 최대 {value}",
    "s: {scale}, own max": "s: {scale} 자기 최댓값",
    "largest {value}": "최대 {value}",
    "Scale s: {scale}, its own max": "밝기 기준 s: {scale} 자기 최댓값",
    "=0 for this picture: {dead}/{count}": "이 이미지에서 0: {dead}/{count}",
    "all 0": "모두 0",
    "the largest value of this map": "이 맵에서 가장 큰 값",
    "its largest": "맵의 최댓값",
    "the largest of these values": "이 값들 중 가장 큰 값",
    "the largest": "가장 큰 값",
    # Weights.
    "9 is {value}": "9는 {value}",
    "blue -, orange +": "파랑 -, 주황 +",
    "bias": "편향",
    "bias {value}": "편향 {value}",
    "the largest weight of the layer is {value}": "이 층에서 가장 큰 가중치는 {value}",
    "Weights of value {number}": "값 {number}의 가중치",
    "Kernels of all maps": "모든 맵의 커널",
    "Kernels of map {number}": "맵 {number}의 커널",
    "of map {number}": "맵 {number}의 것",
    "Numbers": "수",
    "rounded": "반올림",
    "of map {number}, rounded": "맵 {number}, 반올림",
    # The picture and the answer.
    "As the network gets it": "신경망이 받는 그림",
    "the picture as the network gets it": "신경망이 받는 그림",
    "Yours": "내 그림",
    "Yours, {size}": "내 그림, {size}",
    "{size}, yours is {original}": "{size}, 원본 {original}",
    "values from {low} to {high}": "{low}부터 {high}까지의 값",
    "inverted": "반전됨",
    "drawn": "그린 그림",
    "misclassified": "오분류",
    "Probabilities": "확률",
    "Outputs": "출력",
    "> answer": "> 예측",
    "* truth": "* 정답",
    "answer {name}": "예측: {name}",
    "answer {name} (wrong)": "예측: {name} (오답)",
    "{count} units": "노드 {count}개",
    "Why this answer": "이 답의 이유",
    "Why {name}": "{name}: 왜 이 답인가",
    "computing": "계산 중",
    "A grey patch of {size} slides over the picture. Each pixel shows how far the score falls, the mean of all patches"
    " that cover it.": (
        "{size} 크기의 회색 가림판이 그림 위를 지나갑니다. 픽셀마다, 그 픽셀을 덮는 모든 가림판에서 점수가 떨어진"
        " 폭의 평균을 보여 줍니다."
    ),
    # What is said.
    "Opening {name}": "{name} 여는 중",
    "step {step} of {steps}": "{steps}단계 중 {step}단계",
    "about {seconds} s left": "약 {seconds}초 남음",
    "{seconds} s, longer than last time": "{seconds}초째, 지난번보다 오래 걸립니다",
    "{seconds} s, longer than usual": "{seconds}초째, 보통보다 오래 걸립니다",
    "Esc leaves it unopened.": "Esc: 열지 않고 나가기",
    "{name} was not opened; O opens it.": "{name} 파일을 열지 않았습니다. O로 엽니다.",
    "Keras's value follows. {stage}": "Keras의 값이 곧 나옵니다. {stage}",
    "Ask Keras again": "Keras에 다시 묻기",
    "Keras's value cannot be shown (R tries again): {reason}": (
        "Keras의 값을 보여 줄 수 없습니다(R 다시 시도). {reason}"
    ),
    "Keras's values are there.": "Keras의 값이 이미 있습니다.",
    "Keras is being asked already.": "이미 Keras에 묻는 중입니다.",
    "Keras's value cannot be shown: {reason}": "Keras의 값을 보여 줄 수 없습니다. {reason}",
    "Asking the network about all pictures": "신경망에 모든 그림을 물어보는 중",
    "{done} of {total} pictures asked": "그림 {total}장 중 {done}장 확인",
    "Weights are what Conv2D and Dense layers have: this one has none.": (
        "가중치는 Conv2D와 Dense 층에 있습니다. 이 층에는 없습니다."
    ),
    "None is misclassified.": "오분류한 그림이 없습니다.",
    "No picture passes this filter.": "이 조건에 맞는 그림이 없습니다.",
    "What these pictures are is not known, so none can be called misclassified.": (
        "이 그림들의 정답을 알지 못하므로 오분류나 클래스를 가릴 수 없습니다."
    ),
    "Untrained, random weights: 4 trains a network, O opens a .keras file.": (
        "훈련하지 않은 무작위 가중치: 4에서 훈련, O로 .keras 열기"
    ),
    "A pixel is not computed: it is what the picture gives.": "픽셀은 계산한 값이 아니라 그림에서 온 값입니다.",
    "This zero is padding: it lies outside and comes from nowhere.": (
        "이 0은 패딩입니다. 입력 밖에 있어서 나온 곳이 없습니다."
    ),
    "{name}: {count} values use it": "{name}: 이 값을 쓰는 값 {count}개",
    "This is the network's answer: it feeds nothing.": "신경망의 답입니다. 더 쓰이는 곳이 없습니다.",
    "No window uses this value.": "이 값을 쓰는 창이 없습니다.",
    "It is dark on light, so it was inverted; z turns it back.": (
        "밝은 바탕에 어두운 그림이라 반전했습니다. z로 되돌립니다."
    ),
    "A .keras file": ".keras 파일",
    "From 0 to {last}": "0부터 {last}까지",
    "{value} is not a number from 0 to {last}": "{value}은(는) 0부터 {last}까지의 수가 아닙니다",
}
