"""Korean for the convolution and pooling screens."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # Keys and their groups.
    "Move": "이동",
    "Play": "재생",
    "Choose": "고르기",
    "Cell": "다음 칸",
    "Cell back": "앞 칸으로",
    "Row up": "윗줄로",
    "Row down": "아랫줄로",
    "Multiply": "곱셈",
    "One multiplication back": "곱셈 하나 되돌리기",
    "Maximum": "최댓값",
    "One maximum back": "최댓값 하나 되돌리기",
    "To the beginning": "처음으로",
    "To the end": "끝으로",
    "Jump to row, column": "행, 열로 건너뛰기",
    "Faster": "빠르게",
    "Slower": "느리게",
    "Picture": "그림",
    "Picture before": "이전 그림",
    "Kernel": "커널",
    "Kernel before": "이전 커널",
    "Edit kernel": "커널 고치기",
    "Open": "열기",
    "Network kernels on or off": "신경망 커널 켜기/끄기",
    "Padding with zeros on or off": "0으로 패딩 켜기/끄기",
    # The views.
    "Input": "입력",
    "Output": "출력",
    "|| paused": "|| 일시정지",
    "> playing": "> 재생 중",
    "{speed} cells/s": "초당 {speed}칸",
    "-> goes on by one cell, . by one multiplication, Space plays, ? lists all keys": (
        "-> 한 칸 앞으로, . 곱셈 하나, Space 재생, ? 모든 키"
    ),
    "-> goes on by one window, Space plays, ? lists all keys": "-> 창 하나 앞으로, Space 재생, ? 모든 키",
    "pixel x weight": "픽셀 x 가중치",
    "sum": "합",
    "round": "반올림",
    "clamp 0..255": "0..255로 자르기",
    "clamped from {value}": "{value}에서 잘림",
    "{bias} bias": "{bias} 편향",
    "negative, so 0": "음수이므로 0",
    "Network kernel": "신경망 커널",
    "Shown rounded; the sum is of the unrounded numbers.": (
        "반올림해 보여 줍니다. 합은 반올림하지 않은 수로 계산합니다."
    ),
    "A slip to avoid: {weight} x {value} is {product}. Who writes {weight} + {value} ends at {total}, not {right}.": (
        "흔한 실수: {weight} x {value} = {product}입니다. {weight} + {value}로 쓰면 {right} 대신 {total}이 됩니다."
    ),
    "A kernel of nine weights lies on the picture. Each weight is multiplied with the pixel below it, the nine "
    "products are added, and the sum becomes one pixel of the output. Then the window moves on by one. "
    "An image filter rounds the sum and clamps it to 0..255; a network adds a bias and applies ReLU instead.": (
        "가중치 아홉 개로 된 커널이 그림 위에 놓입니다. 가중치마다 그 아래 픽셀과 곱하고, 아홉 개의 곱을 더한 합이 "
        "출력의 한 픽셀이 됩니다. 그런 다음 창이 한 칸 옮겨 갑니다. 이미지 필터는 합을 반올림해 0..255로 자르고, "
        "신경망은 그 대신 편향을 더하고 ReLU를 적용합니다."
    ),
    "The output of the convolution is the input here. A window of 2 x 2 moves two steps at a time, so no value is "
    "seen twice, and only the largest of the four goes on: half the height, half the width, a quarter of the "
    "values. A last row or column that fills no window is not used.": (
        "합성곱의 출력이 여기서는 입력입니다. 2 x 2 창이 두 칸씩 옮겨 가므로 같은 값을 두 번 보지 않으며, 네 값 가운데 "
        "가장 큰 값만 남습니다. 높이도 너비도 절반, 값의 수는 4분의 1이 됩니다. 창을 채우지 못하는 마지막 행이나 열은 "
        "쓰지 않습니다."
    ),
    "Max pooling": "최대 풀링",
    "The input is the output of: {kernel}": "입력은 다음 커널의 출력입니다: {kernel}",
    "Of each window only the largest value goes on.": "창마다 가장 큰 값만 남습니다.",
    "Not used, because no window reaches them: {rows} row(s) and {columns} column(s) at the end.": (
        "창이 닿지 않아 쓰지 않는 부분: 끝의 {rows}행과 {columns}열"
    ),
    "{count} are equally large; the first is marked": "{count}개가 똑같이 커서 첫째를 표시했습니다",
    # Dialogs.
    "Enter accepts, Esc closes": "Enter 확인, Esc 닫기",
    "Rows 0 to {row}, columns 0 to {column}, for example: 3, 5": "행 0~{row}, 열 0~{column}. 예: 3, 5",
    "A PNG, JPEG, BMP or GIF picture, or a CSV of numbers": "PNG, JPEG, BMP, GIF 그림 또는 숫자로 된 CSV",
    "Custom kernel": "나만의 커널",
    "Scale: the sum is multiplied with it": "배율: 합에 곱하는 수",
    # Pictures.
    "a worked example": "풀어 보는 예제",
    "Fashion-MNIST test image": "Fashion-MNIST 시험 이미지",
    "built-in picture": "내장 그림",
    "your picture": "내 그림",
    "drawn (Fashion-MNIST not found)": "그린 그림 (Fashion-MNIST 없음)",
    "T-shirt/top": "티셔츠/상의",
    "Trouser": "바지",
    "Pullover": "풀오버",
    "Dress": "드레스",
    "Coat": "코트",
    "Sandal": "샌들",
    "Shirt": "셔츠",
    "Sneaker": "운동화",
    "Bag": "가방",
    "Ankle boot": "앵클 부츠",
    # Kernels.
    "Identity": "항등",
    "Only the middle pixel counts, times 1: nothing changes.": "가운데 픽셀에만 1을 곱하므로 아무것도 바뀌지 않습니다.",
    "Sharpen": "선명하게",
    "The middle counts five times and its four neighbours are taken away: differences grow.": (
        "가운데를 다섯 번 더하고 네 이웃을 빼므로 차이가 커집니다."
    ),
    "Blur": "흐리게",
    "A weighted mean: the weights make 16, so x 1/16 keeps the brightness.": (
        "가중 평균입니다. 가중치의 합이 16이라 1/16을 곱하면 밝기가 그대로입니다."
    ),
    "Outline": "윤곽선",
    "The middle against all eight neighbours: the weights make 0, so even areas turn black.": (
        "가운데와 여덟 이웃의 차이입니다. 가중치의 합이 0이라 고른 곳은 검어집니다."
    ),
    "Emboss": "엠보스",
    "Bottom right counts for, top left against: it looks lit from one side.": (
        "오른쪽 아래는 더하고 왼쪽 위는 빼므로 한쪽에서 빛을 받은 듯 보입니다."
    ),
    "Bottom Sobel": "아래쪽 소벨",
    "The row below minus the row above: bright where it grows brighter downwards.": (
        "아랫줄에서 윗줄을 뺍니다. 아래로 갈수록 밝아지는 곳이 밝습니다."
    ),
    "Left Sobel": "왼쪽 소벨",
    "The left column minus the right one: bright where it grows brighter to the left.": (
        "왼쪽 열에서 오른쪽 열을 뺍니다. 왼쪽으로 갈수록 밝아지는 곳이 밝습니다."
    ),
    "Right Sobel": "오른쪽 소벨",
    "The right column minus the left one: bright where it grows brighter to the right.": (
        "오른쪽 열에서 왼쪽 열을 뺍니다. 오른쪽으로 갈수록 밝아지는 곳이 밝습니다."
    ),
    "Top Sobel": "위쪽 소벨",
    "The row above minus the row below: bright where it grows brighter upwards.": (
        "윗줄에서 아랫줄을 뺍니다. 위로 갈수록 밝아지는 곳이 밝습니다."
    ),
    "Custom": "나만의 커널",
    "Your own nine weights and scale.": "직접 정한 가중치 아홉 개와 배율입니다.",
}
