"""Korean for the gallery of pictures, for networks in files, and for what explains an answer."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # The heat map.
    "score falls": "점수 하락",
    "score rises": "점수 상승",
    "9 = mean {change}": "9 = 평균 {change}",
    "i = mean {change}": "i = 평균 {change}",
    "Pixel: mean of the {size} patches over it": "픽셀: 그 위의 {size} 가림판 전체의 평균",
    "One patch alone ({corner}) takes most: {base} -> {score}, at rows {top}-{bottom}, columns {left}-{right}": (
        "가장 많이 낮춘 가림판 하나({corner}): {base} -> {score}, 행 {top}-{bottom}, 열 {left}-{right}"
    ),
    "{seconds} s left": "{seconds}초 남음",
    "{done:,} of {total:,} places": "{total:,}곳 가운데 {done:,}곳",
    # Occlusion.
    "x has shape {shape}; one picture at a time is explained": (
        "x의 모양이 {shape}입니다. 한 번에 그림 하나만 설명할 수 있습니다"
    ),
    "the network takes {shape}, which is no picture; a patch needs rows and columns": (
        "이 신경망은 {shape} 입력을 받는데, 그림이 아닙니다. 가림판에는 행과 열이 필요합니다"
    ),
    "{name} is {given}; it must be at most {most}, so that patches lie inside and leave no pixel out": (
        "{name}이(가) {given}입니다. 가림판이 그림 안에 놓이고 빠지는 픽셀이 없도록 {most} 이하여야 합니다"
    ),
    "grey must be a finite number, got {value}": "grey는 유한한 수여야 하는데 {value}입니다",
    # The gallery.
    "the network takes {shape}; a picture can be shown to one that takes (H, W, 1), (H, W, 3) or (H, W)": (
        "이 신경망은 {shape} 입력을 받습니다. 그림은 (H, W, 1), (H, W, 3), (H, W)를 받는 신경망에 보여 줄 수 있습니다"
    ),
    # Networks in files, and the child that owns Keras.
    "layer {layer} is a {kind}, which cannot be written; these can: {supported}": (
        "층 {layer}은(는) {kind}이며 파일로 쓸 수 없습니다. 쓸 수 있는 것: {supported}"
    ),
    "{path} holds no network: it was not written by cnncore": (
        "{path}에는 신경망이 없습니다. cnncore가 쓴 파일이 아닙니다"
    ),
    "{path} has version {version} of the format; this program reads version {known}": (
        "{path}의 형식은 버전 {version}입니다. 이 프로그램은 버전 {known}을(를) 읽습니다"
    ),
    "{path} was changed while it was being read; open it again": ("읽는 동안 {path}이(가) 바뀌었습니다. 다시 여세요"),
    "Looking whether this network was opened before": "이 신경망을 전에 연 적이 있는지 찾아봅니다",
    "Taking over the layers and their weights": "층과 가중치를 옮겨 옵니다",
    "Loading the model into Keras, to compare": "비교할 수 있도록 모델을 Keras에 불러옵니다",
    "{path} was changed since it was opened; open it again": "연 뒤에 {path}이(가) 바뀌었습니다. 다시 여세요",
    "No folder for temporary files could be made: {reason}": "임시 파일을 둘 폴더를 만들지 못했습니다: {reason}",
    "the weights belong to another network": "가중치가 다른 신경망의 것입니다",
    "The model could not be opened: {reason}": "모델을 열지 못했습니다: {reason}",
}
