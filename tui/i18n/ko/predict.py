"""Korean for predicting a value, and for the slips behind a wrong one."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "Predict, then reveal": "값 맞혀 보기",
    "Type the value before it is shown": "값이 나오기 전에 먼저 써 봅니다",
    "Predict [{row}, {column}]:": "맞혀 보세요 [{row}, {column}]:",
    "Known: [{row}, {column}]": "확인: [{row}, {column}]",
    "right {right} of {tried}": "{tried}번 중 {right}번 맞음",
    "Enter answers (empty: shows it), . one product, v ends": "Enter 답하기(비우면 정답), . 곱 하나, v 끝내기",
    "Enter: answer or show": "Enter 답하기/정답 보기",
    "Enter: next cell": "Enter 다음 칸",
    "Enter: the next cell, v ends": "Enter 다음 칸, v 끝내기",
    "While you predict, nothing plays: v ends it.": "값을 맞히는 동안에는 재생하지 않습니다. v를 누르면 끝납니다.",
    "Right: {value}.": "맞았습니다: {value}",
    "{typed} is right as far as it goes: give it {decimals} decimals.": (
        "{typed}: 거기까지는 맞습니다. 소수점 아래 {decimals}자리까지 쓰세요."
    ),
    "{typed} is too small, and no usual slip leads there.": "{typed}: 너무 작고, 흔한 실수로는 나오지 않는 값입니다.",
    "{typed} is too large, and no usual slip leads there.": "{typed}: 너무 크고, 흔한 실수로는 나오지 않는 값입니다.",
    "One of the values in the window is the answer.": "답은 창 안의 값 가운데 하나입니다.",
    "The largest product is {value} x {weight} = {product}.": "가장 큰 곱은 {value} x {weight} = {product}입니다.",
    "{typed}: the clamp was skipped. A pixel is from 0 to 255; what lies beyond is cut off.": (
        "{typed}: 자르기를 빠뜨렸습니다. 픽셀은 0에서 255까지이고, 벗어난 값은 잘립니다."
    ),
    "{typed}: the scale was skipped. The sum is multiplied with it before it is rounded.": (
        "{typed}: 배율을 빠뜨렸습니다. 반올림하기 전에 합에 배율을 곱합니다."
    ),
    "{typed} is the bare sum: the scale and the clamp were skipped.": (
        "{typed}: 합 그대로입니다. 배율과 자르기를 빠뜨렸습니다."
    ),
    "{typed}: it was not rounded to the nearest whole number.": "{typed}: 가장 가까운 정수로 반올림하지 않았습니다.",
    "{typed}: the bias was left out. It is added to the sum before ReLU.": (
        "{typed}: 편향을 빠뜨렸습니다. ReLU 전에 합에 편향을 더합니다."
    ),
    "{typed}: ReLU was skipped. It makes 0 of what is negative.": (
        "{typed}: ReLU를 빠뜨렸습니다. ReLU는 음수를 0으로 만듭니다."
    ),
    "{typed} is the bare sum: the bias and ReLU were skipped.": (
        "{typed}: 합 그대로입니다. 편향과 ReLU를 빠뜨렸습니다."
    ),
    "{typed}: a minus was missed. {value} x {weight} is {product}.": (
        "{typed}: 음의 부호를 놓쳤습니다. {value} x {weight} = {product}입니다."
    ),
    "{typed}: {weight} + {value} was written where {weight} x {value} = {product} belongs.": (
        "{typed}: {weight} x {value} = {product} 대신 {weight} + {value}(으)로 계산했습니다."
    ),
    "{typed}: one product was forgotten, {value} x {weight} = {product}.": (
        "{typed}: 곱 하나를 빠뜨렸습니다. {value} x {weight} = {product}입니다."
    ),
    "{typed}: the sign of the whole sum was turned around.": "{typed}: 합 전체의 부호가 뒤집혔습니다.",
    "{typed}: every minus was missed.": "{typed}: 음의 부호를 모두 놓쳤습니다.",
    "{typed}: weights and values were added, not multiplied.": "{typed}: 가중치와 값을 곱하지 않고 더했습니다.",
    "{typed}: the kernel was turned by 180 degrees. Convolution in mathematics turns it; here nothing is turned.": (
        "{typed}: 커널을 180도 돌렸습니다. 수학의 합성곱은 돌리지만 여기서는 돌리지 않습니다."
    ),
    "{typed}: the window lay one row too high.": "{typed}: 창이 한 행 위에 있었습니다.",
    "{typed}: the window lay one row too low.": "{typed}: 창이 한 행 아래에 있었습니다.",
    "{typed}: the window lay one column too far left.": "{typed}: 창이 한 열 왼쪽에 있었습니다.",
    "{typed}: the window lay one column too far right.": "{typed}: 창이 한 열 오른쪽에 있었습니다.",
    "{typed} is the smallest value of the window; max pooling takes the largest.": (
        "{typed}: 창에서 가장 작은 값입니다. 최대 풀링은 가장 큰 값을 고릅니다."
    ),
    "{typed} is the mean of the window: that is average pooling, and this takes the largest.": (
        "{typed}: 창의 평균입니다. 그것은 평균 풀링이고, 여기서는 가장 큰 값을 고릅니다."
    ),
    "{typed} is the sum of the window; pooling adds nothing, it takes the largest.": (
        "{typed}: 창의 합입니다. 풀링은 더하지 않고 가장 큰 값을 고릅니다."
    ),
    "{typed} is in the window, but a larger value is there too.": "{typed}: 창 안에 있지만 더 큰 값이 또 있습니다.",
    "And the clamp to 0..255 was skipped.": "그리고 0..255로 자르기를 빠뜨렸습니다.",
    "And ReLU was skipped.": "그리고 ReLU를 빠뜨렸습니다.",
    "{value} is not a number; write one such as 65, -12 or 0.345": (
        "{value}은(는) 수가 아닙니다. 65, -12, 0.345처럼 쓰세요"
    ),
}
