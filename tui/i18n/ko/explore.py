"""Korean for the convolution and pooling screens."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # Keys and their groups.
    "Move": "이동",
    "Play": "재생",
    "Choose": "고르기",
    "Cell": "다음 칸",
    "Cell back": "이전 칸",
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
    # The views.
    "Input": "입력",
    "Output": "출력",
    "|| paused": "|| 일시정지",
    "> playing": "> 재생 중",
    "{speed} cells/s": "초당 {speed}칸",
    "-> next cell, . next product, Space plays, ? explains this and has all keys": (
        "-> 다음 칸, . 곱셈 하나, Space 재생, ? 이 화면의 설명과 모든 키"
    ),
    "-> next window, Space plays, Tab: the input, ? explains this and has all keys": (
        "-> 다음 창, Space 재생, Tab 입력 쪽, ? 이 화면의 설명과 모든 키"
    ),
    "pixel x weight": "픽셀 x 가중치",
    "sum": "합",
    "round": "반올림",
    "clamp 0..255": "0~255로 제한",
    "{value} clamped to {result}": "{value}이(가) {result}(으)로 잘림",
    "clamped": "잘림",
    "negative, so 0": "음수이므로 0",
    "Network kernel": "신경망 커널",
    "Shown rounded; the sum is of the unrounded numbers.": (
        "반올림해 보여 줍니다. 합은 반올림하지 않은 수로 계산합니다."
    ),
    "A kernel lies on the picture. Each of its weights is multiplied with the pixel below it, and the products are "
    "added: the sum becomes one pixel of the output. Then the window moves on, until the whole output is there.": (
        "커널이 그림 위에 놓입니다. 가중치마다 그 아래 픽셀과 곱하고, 곱을 모두 더한 합이 출력의 한 픽셀이 됩니다. "
        "그런 다음 창이 옮겨 가며 출력을 끝까지 채웁니다."
    ),
    "{path} is a network, not a picture: on the network screen, O opens it": (
        "{path} 파일은 그림이 아니라 신경망입니다. 신경망 화면에서 O로 엽니다"
    ),
    "A slip to avoid: {weight} x {value} is {product}. Who writes {weight} + {value} ends at {total}, not {right}.": (
        "흔한 실수: {weight} x {value} = {product}입니다. "
        "{weight} + {value}(으)로 쓰면 {right} 대신 {total}이(가) 됩니다."
    ),
    "A kernel, here of nine weights, lies on the picture. Each weight is multiplied with the pixel below it, the "
    "products are added, and the sum becomes one pixel of the output. Then the window moves on by one. "
    "An image filter rounds the sum and clamps it to 0..255; a network adds a bias and applies ReLU instead. "
    "A click on an output pixel goes there, on an input pixel shows what it feeds, on a weight goes to its product.": (
        "커널(여기서는 가중치 아홉 개)이 그림 위에 놓입니다. 가중치마다 그 아래 픽셀과 곱하고, 곱을 모두 더한 합이 "
        "출력의 한 픽셀이 됩니다. 그런 다음 창이 한 칸 옮겨 갑니다. 이미지 필터는 합을 반올림해 0..255로 자르고, "
        "신경망은 그 대신 편향을 더하고 ReLU를 적용합니다. 출력 픽셀을 누르면 그곳으로 가고, 입력 픽셀을 누르면 그 "
        "값이 쓰이는 곳을 보여 주며, 가중치를 누르면 그 곱셈으로 갑니다."
    ),
    "The output of the convolution is the input here. A window of 2 x 2 moves two steps at a time, so no value is "
    "seen twice, and only the largest of the four goes on: half the height, half the width, a quarter of the "
    "values. A last row or column that fills no window is not used. Size and stride of the window can be changed.": (
        "합성곱의 출력이 여기서는 입력입니다. 2 x 2 창이 두 칸씩 옮겨 가므로 같은 값을 두 번 보지 않으며, 네 값 가운데 "
        "가장 큰 값만 남습니다. 높이도 너비도 절반, 값의 수는 4분의 1이 됩니다. 창을 채우지 못하는 마지막 행이나 열은 "
        "쓰지 않습니다. 창의 크기와 보폭은 바꿀 수 있습니다."
    ),
    "Max pooling": "최대 풀링",
    "The input is the output of: {kernel}": "입력은 다음 커널의 출력입니다: {kernel}",
    "Of each window only the largest value goes on.": "창마다 가장 큰 값만 남습니다.",
    "Not used, because no window reaches them: {rows} row(s) and {columns} column(s) at the end.": (
        "창이 닿지 않아 쓰지 않는 부분: 끝의 {rows}행과 {columns}열"
    ),
    "{count} equally large, first marked": "{count}개가 같아 첫째를 표시",
    "{count} are equally large; the first is marked": "{count}개가 똑같이 커서 첫째를 표시했습니다",
    # Dialogs.
    "Enter accepts, Esc closes": "Enter 확인, Esc 닫기",
    "Rows 0 to {row}, columns 0 to {column}, for example: 3, 5": "행 0~{row}, 열 0~{column}. 예: 3, 5",
    "A PNG, JPEG, BMP or GIF picture, or a CSV of numbers": "PNG, JPEG, BMP, GIF 그림 또는 숫자로 된 CSV",
    "One number, or two: rows, columns. For example: 2 or 2, 1": "수 하나, 또는 행과 열 두 개. 예: 2 또는 2, 1",
    "{value} is not one or two whole numbers from 1 to 99, for example: 2 or 2, 1": (
        "{value}은(는) 1에서 99까지의 정수 하나 또는 둘이 아닙니다. 예: 2 또는 2, 1"
    ),
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
    "Your own weights and scale.": "직접 정한 가중치와 배율입니다.",
    "Box blur": "상자 흐림",
    "The plain mean of nine pixels: every weight counts the same, edges go soft.": (
        "아홉 픽셀의 단순 평균입니다. 가중치가 모두 같아 가장자리가 흐려집니다."
    ),
    "Gaussian": "가우시안",
    "A bell of 25 weights that make 256: near pixels count most, so noise fades.": (
        "합이 256인 종 모양 가중치 25개입니다. 가까울수록 크게 쳐서 잡음이 옅어집니다."
    ),
    "Unsharp mask": "언샤프 마스크",
    "Twice the picture minus its blur: what a blur would take is added once more.": (
        "그림의 두 배에서 흐린 그림을 뺍니다. 흐리면 사라질 것을 한 번 더 더합니다."
    ),
    "Laplacian": "라플라시안",
    "Four neighbours minus four times the middle: black where it is even.": (
        "네 이웃에서 가운데의 네 배를 뺍니다. 고른 곳은 검습니다."
    ),
    "Spots (LoG)": "점 찾기 (LoG)",
    "The Laplacian of a Gaussian: smooths and compares, finds spots even in noise.": (
        "가우시안의 라플라시안입니다. 부드럽게 하며 견주어 잡음 속 점도 찾습니다."
    ),
    "Motion blur": "움직임 흐림",
    "The mean along a diagonal, as if the camera moved: edges across it go soft.": (
        "카메라가 움직인 듯한 대각선 평균입니다. 가로지르는 가장자리가 흐려집니다."
    ),
    "Prewitt": "프루잇",
    "The right column minus the left one, all rows alike: a Sobel without its 2.": (
        "오른쪽 열에서 왼쪽 열을 뺍니다. 줄마다 가중치가 같아, 소벨의 2가 1인 셈입니다."
    ),
    "Scharr": "샤르",
    "Sobel with 3, 10, 3, divided by 4: slanted edges come out as strong.": (
        "3, 10, 3인 소벨을 4로 나눕니다. 비스듬한 가장자리도 제 세기로 나옵니다."
    ),
    "Roberts": "로버츠",
    "One diagonal pair, the smallest edge kernel: quick, but noise shows.": (
        "대각선 한 쌍뿐인 가장 작은 가장자리 커널입니다. 빠르지만 잡음이 보입니다."
    ),
    "Minus one": "빼기 1",
    "Every sum is 0 or less, so the clamp leaves black: a sign is no colour.": (
        "합이 모두 0 이하라 자르고 나면 검은색뿐입니다. 부호는 색이 아닙니다."
    ),
    # The hand.
    "Multiply, or from the input to an output cell": "곱셈, 또는 입력에서 출력 칸으로",
    "Maximum, or from the input to an output cell": "최댓값, 또는 입력에서 출력 칸으로",
    "Finish the row": "줄 끝까지",
    "Back to the row's beginning": "줄 처음으로",
    "Next interesting cell": "다음 볼 만한 칸",
    "Looking at every cell; any other key goes on without": "모든 칸을 살펴보는 중입니다. 다른 키를 누르면 그만둡니다",
    "Interesting cell before": "이전 볼 만한 칸",
    "Hand on the input, or back": "입력 쪽으로, 또는 되돌아오기",
    "Hand on the output": "출력 쪽으로",
    "Tab: hand on the input": "Tab: 입력 쪽",
    "feeds no output cell: no window reaches it": "어느 출력 칸에도 쓰이지 않습니다. 창이 닿지 않습니다",
    "feeds output cell [{rows}, {columns}]": "출력 칸 [{rows}, {columns}]에 쓰임",
    "feeds {count} output cells: rows {rows}, columns {columns}": "출력 {count}칸에 쓰임: 행 {rows}, 열 {columns}",
    "(Enter goes there)": "(Enter 그곳으로)",
    "It adds to the output:": "출력에 더하는 값:",
    "The largest of its windows:": "이 값이 든 창의 최댓값:",
    "Largest of its windows:": "이 값이 든 창의 최댓값:",
    "is this value": "이 값입니다",
    "is another value": "다른 값입니다",
    "this one": "이 값",
    "another": "다른 값",
    "and {count} more": "외 {count}개",
    "{first} to {last} of {count}": "{count}개 중 {first}~{last}",
    "First sum below 0: {value}. The clamp makes it 0, black": (
        "처음으로 0보다 작은 합: {value}. 잘려서 0, 검은색이 됩니다"
    ),
    "First sum with bias below 0: {value}. ReLU makes it 0": (
        "편향을 더해 처음으로 0보다 작은 합: {value}. ReLU가 0으로 만듭니다"
    ),
    "First sum above 255: {value}. The clamp makes it 255, white": (
        "처음으로 255보다 큰 합: {value}. 잘려서 255, 흰색이 됩니다"
    ),
    "The largest result of the whole map: {value}": "맵 전체에서 가장 큰 결과: {value}",
    "The strongest edge: in the middle of this window the picture changes most ({value} by Sobel)": (
        "가장 뚜렷한 가장자리: 이 창의 가운데에서 그림이 가장 크게 변합니다 (소벨로 {value})"
    ),
    "The window whose values differ most, by {value}: most is lost here": (
        "값의 차이가 {value}(으)로 가장 큰 창: 여기서 가장 많이 잃습니다"
    ),
    # The window and the size of the output.
    "The window": "창",
    "Stride": "보폭",
    "Stride, typed": "보폭 직접 입력",
    "Dilation": "팽창",
    "Dilation, typed": "팽창 직접 입력",
    "Window size": "창 크기",
    "Window size, typed": "창 크기 직접 입력",
    "Padding: valid or same": "패딩: valid 또는 same",
    "rows {rows}, columns {columns}": "행 {rows}, 열 {columns}",
    "rows: {rows}; columns: {columns}": "행: {rows}; 열: {columns}",
    "{formula}: Keras floors it to {output}, {unused}": "{formula}: Keras는 {output}(으)로 내림하므로 {unused}",
    "the last row and the last column are not used": "마지막 행과 마지막 열은 쓰지 않습니다",
    "the last {count} rows and columns are not used": "마지막 {count}행과 {count}열은 쓰지 않습니다",
    "the last row is not used": "마지막 행은 쓰지 않습니다",
    "the last {count} rows are not used": "마지막 {count}행은 쓰지 않습니다",
    "the last column is not used": "마지막 열은 쓰지 않습니다",
    "the last {count} columns are not used": "마지막 {count}열은 쓰지 않습니다",
    "{window} weights with dilation {dilation} span ({window} - 1) x {dilation} + 1 = {extent}": (
        "팽창 {dilation}이면 가중치 {window}개의 폭은 ({window} - 1) x {dilation} + 1 = {extent}입니다"
    ),
    "between two windows {count} are skipped": "창과 창 사이에서 {count}개씩 건너뜁니다",
    '"same" keeps size / stride, rounded up': '"same"은 크기 / 보폭을 올림한 값입니다',
    "Keras refuses stride and dilation together": "Keras는 보폭과 팽창을 함께 1보다 크게 할 수 없습니다",
    "Whole map: of {total} values {below} are clipped at 0 and {above} at 255": (
        "맵 전체: 값 {total}개 중 {below}개는 0으로, {above}개는 255로 잘립니다"
    ),
    "of {total}: {below} clipped at 0, {above} at 255": "{total}개 중 {below}개는 0, {above}개는 255로 잘림",
    "Whole map: ReLU makes {below} of {total} values 0": "맵 전체: ReLU가 값 {total}개 중 {below}개를 0으로 만듭니다",
    "ReLU makes {below} of {total} 0": "ReLU: {total}개 중 {below}개가 0",
    "output size {formula}": "출력 크기 {formula}",
    "size {formula}": "크기 {formula}",
    "{inputs} values in, {outputs} out": "값 {inputs}개가 들어와 {outputs}개가 나갑니다",
    # Several maps.
    "Keep this kernel's map in sight": "이 커널의 맵을 늘 보기",
    "The maps of all kernels, or none": "모든 커널의 맵 보기/숨기기",
    "Next of the maps": "다음 맵",
    "Map before": "이전 맵",
    # Editing a kernel.
    "exactly": "정확히",
    "sum of weights": "가중치 합",
    "scale": "배율",
    "arrows": "화살표",
    "which weight": "가중치 고르기",
    "digits": "숫자",
    "1 more, PgUp": "1 크게, PgUp",
    "1 less, PgDn": "1 작게, PgDn",
    "0.1 more, less": "0.1 크게, 작게",
    "grow, shrink": "키우기, 줄이기",
    "rows, columns": "행, 열",
    "scale = 1/sum": "배율 = 1/합",
    "undo": "되돌리기",
    "done": "마치기",
}
