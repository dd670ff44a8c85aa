"""Korean for taking along what is on the screen, and for the options that bring it back."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # In the Keras code that is written.
    "A convolution from cnn-tui, in Keras: `output` is what the app shows. Needs keras and numpy.": (
        "cnn-tui에서 가져온 합성곱의 Keras 코드: `output`이 앱에 나온 값입니다. keras와 numpy가 필요합니다."
    ),
    "Layers from cnn-tui, in Keras: `output` is what the app shows. Needs keras and numpy.": (
        "cnn-tui에서 가져온 층의 Keras 코드: `output`이 앱에 나온 값입니다. keras와 numpy가 필요합니다."
    ),
    "as the network was trained on them": "신경망을 훈련할 때처럼 0에서 1까지로",
    "An image filter scales, rounds and clamps; Keras does none of it.": (
        "이미지 필터는 배율을 곱해 반올림하고 0~255로 제한합니다. Keras는 하지 않는 일입니다."
    ),
    "as the layers take it": "층이 받는 모양",
    "Take along": "가져가기",
    "One moment...": "잠시만요...",
    "This command opens what is on the screen again:": "지금 화면을 다시 여는 명령:",
    "Copy the command line that reopens this": "이 화면을 다시 여는 명령 복사",
    "Input as a picture: .png": "입력을 그림으로: .png",
    "Output as a picture: .png": "출력을 그림으로: .png",
    "Input as numbers: .npy or .csv": "입력을 수로: .npy 또는 .csv",
    "Output as numbers: .npy or .csv": "출력을 수로: .npy 또는 .csv",
    "The layer as Keras code": "이 층을 Keras 코드로",
    "Copied: {command}": "복사했습니다: {command}",
    "File to write, ending in {suffixes}": "저장할 파일, 끝은 {suffixes}",
    "Written: {paths}": "저장했습니다: {paths}",
    "Name a file, such as {name}": "파일 이름을 쓰세요. 예: {name}",
    "{path}: the file name must end in {suffixes}": "{path}: 파일 이름은 {suffixes}(으)로 끝나야 합니다",
    "{path} is there already; Enter once more writes over it": (
        "{path}이(가) 이미 있습니다. Enter를 한 번 더 누르면 덮어씁니다"
    ),
    "{path}: numbers are written as {suffixes}": "{path}: 수는 {suffixes}(으)로 저장합니다",
    "array has shape {shape}; text holds (H, W) values": "배열의 모양이 {shape}입니다. 글로는 (H, W) 값만 저장합니다",
    "Keras takes strides or a dilation_rate, not both at once": (
        "Keras는 strides와 dilation_rate를 함께 쓸 수 없습니다. 하나만 쓰세요"
    ),
    "Keras pools with padding valid or same only": "Keras의 풀링은 padding이 valid이거나 same이어야 합니다",
    "{name} is {value}; it must be from {least} to {most}": (
        "{name}이(가) {value}입니다. {least}부터 {most}까지여야 합니다"
    ),
    # The command line.
    "which screen: {names} (convolution)": "어느 화면: {names} 가운데 하나 (convolution)",
    "which of the pictures that are there, counted from 0": "준비된 그림 가운데 몇 번, 0부터",
    "which kernel of the network, counted from 0": "신경망의 몇 번 커널, 0부터",
    "a kernel by its name, or rows of numbers": "커널의 이름, 또는 행마다 쓴 수",
    "All maps: .npy (one stack), .csv or .png (a file each)": "모든 맵: .npy(하나로 쌓음), .csv나 .png(맵마다 한 파일)",
    "maps in this order: {names}": "맵의 순서: {names}",
    "zeros around: valid (none), same, or all sides; rows,columns; top,bottom,left,right (valid)": (
        "둘레의 0: valid(없음), same, 또는 네 변; 행,열; 위,아래,왼쪽,오른쪽 (valid)"
    ),
    "your own kernel, beside the one that is walked": "훑는 커널과 별도로 둔 직접 만든 커널",
    "the scale of your own kernel (1)": "직접 만든 커널의 배율 (1)",
    "kernels whose maps stand side by side: names, custom, all, or the network's numbers, as 0,2,8-63": (
        "맵을 나란히 둘 커널: 이름, custom, all, 또는 신경망 커널의 번호(0,2,8-63처럼)"
    ),
    "the input value that the hand is on": "손이 놓인 입력값",
    "cells per second while it plays": "재생할 때 초당 칸 수",
    "which numbers of a picture in colours (grey)": "컬러 그림에서 쓸 값 (grey)",
    "{value} is not a whole number": "{value}은(는) 정수가 아닙니다",
    '--custom is {value}; write rows of numbers: "0 -1 0; -1 5 -1; 0 -1 0"': (
        '--custom의 값이 {value}입니다. 수를 행으로 쓰세요: "0 -1 0; -1 5 -1; 0 -1 0"'
    ),
    # Padding.
    "{value} is no padding; write valid, same, or 1, 2 or 4 whole numbers from 0 to {most}: all sides; rows, columns; "
    "top, bottom, left, right": (
        "{value}: 패딩이 아닙니다. valid, same, 또는 0부터 {most}까지의 정수를 1개(네 변), 2개(행, 열), 4개(위, 아래,"
        " 왼쪽, 오른쪽) 쓰세요"
    ),
    "Padding": "패딩",
    "Padding, typed": "패딩 직접 입력",
    "Padding: valid, same, 1, 2": "패딩: valid, same, 1, 2",
    "valid, same, or how many zeros: on all sides;\nrows, columns; or top, bottom, left, right": (
        "valid, same, 또는 둘레에 두를 0의 줄 수:\n하나(네 변), 둘(행, 열), 넷(위, 아래, 왼쪽, 오른쪽)"
    ),
    "Padding valid: no zeros around": "패딩 valid: 둘레에 0이 없습니다",
    "Padding same: zeros as Keras adds them to keep the size": "패딩 same: 크기가 유지되도록 Keras처럼 0을 두릅니다",
    "Padding {count}: so many zeros on every side": "패딩 {count}: 네 변에 0을 {count}줄씩 두릅니다",
    "Padding: zeros {top} above, {bottom} below, {left} left, {right} right": (
        "패딩: 0을 위 {top}, 아래 {bottom}, 왼쪽 {left}, 오른쪽 {right}줄 두릅니다"
    ),
    "in Keras a ZeroPadding2D layer in front": "Keras에서는 앞에 ZeroPadding2D 층을 둡니다",
    # Pictures in colours.
    "Grey, red, green or blue of a colour picture": "컬러 그림의 회색, 빨강, 초록, 파랑",
    "Colour channel before": "이전 색 채널",
    "This picture has no colours: its grey is all there is.": "이 그림은 컬러가 아닙니다. 회색 값만 있습니다.",
    "grey = 0.299 R + 0.587 G + 0.114 B (c)": "회색 = 0.299 R + 0.587 G + 0.114 B (c)",
    "grey (c)": "회색 (c)",
    "red alone (c)": "빨강 R만 (c)",
    "green alone (c)": "초록 G만 (c)",
    "blue alone (c)": "파랑 B만 (c)",
    "how far the window moves": "창이 움직이는 간격",
    "how far apart the weights lie": "가중치 사이의 간격",
    "the pooling window's size": "풀링 창의 크기",
    "how far the pooling window moves": "풀링 창이 움직이는 간격",
    "how far pooling windows reach outside: as --padding, but nothing is zero": (
        "풀링 창이 밖으로 나가는 폭: --padding처럼 쓰되 0을 두지는 않음"
    ),
    "Padding valid: no window reaches outside": "패딩 valid: 창이 밖으로 나가지 않습니다",
    "Padding same: as Keras has it; what lies outside is never the largest": (
        "패딩 same: Keras와 같습니다. 바깥은 최댓값이 되지 않습니다"
    ),
    "Padding {top} above, {bottom} below, {left} left, {right} right: outside nothing is the largest": (
        "패딩: 위 {top}, 아래 {bottom}, 왼쪽 {left}, 오른쪽 {right}줄. 바깥은 최댓값이 되지 않습니다"
    ),
    "valid, same, or how far outside: on all sides;\nrows, columns; or top, bottom, left, right": (
        "valid, same, 또는 창이 밖으로 나가는 줄 수:\n하나(네 변), 둘(행, 열), 넷(위, 아래, 왼쪽, 오른쪽)"
    ),
    "Padding in numbers: Keras's own pooling has valid and same only.": (
        "수로 정한 패딩: Keras의 풀링에는 valid와 same만 있습니다."
    ),
    "the output cell to begin at, counted from 0": "처음에 볼 출력 칸",
    "{value} is not a size: write one whole number from 1, or two by a comma (rows, columns)": (
        "{value}은(는) 크기가 아닙니다. 1 이상의 정수 하나, 또는 쉼표로 나눈 두 수(행, 열)를 쓰세요"
    ),
    "{value} is not a place: write row,column, counted from 0": (
        "{value}은(는) 위치가 아닙니다. 0부터 세어 행,열로 쓰세요"
    ),
    "{value} is not a number of a picture or a kernel: write a whole number from 0": (
        "{value}은(는) 그림이나 커널의 번호가 아닙니다. 1 이상의 정수를 쓰세요"
    ),
}
