"""Korean of what the one door for arguments says (`cnncore._arguments`, `cnncore._dtypes`, layers made by hand)."""

MESSAGES = {
    "{name} has dtype {dtype}; it must be one of {dtypes}": (
        "{name}의 자료형이 {dtype}입니다. {dtypes} 가운데 하나여야 합니다"
    ),
    "{name} has dtype {dtype}; it must hold integers, float32 or float64": (
        "{name}의 자료형이 {dtype}입니다. 정수, float32, float64 가운데 하나여야 합니다"
    ),
    "{name} holds {value}; it must hold integers of at most 64 bits, or floats": (
        "{name}에 {value}이(가) 있습니다. 64비트 이하의 정수나 실수여야 합니다"
    ),
    "{name} is {value}; it must be an integer or float dtype": (
        "{name}이(가) {value}입니다. 정수나 실수 자료형이어야 합니다"
    ),
    "image has dtype {dtype}; it must hold integers, best uint8": (
        "image의 자료형이 {dtype}입니다. 정수여야 하며 uint8이 가장 좋습니다"
    ),
    "{name} must be one number, got {value}": "{name}은(는) 수 하나여야 하는데 {value}입니다",
    "{name} must be a finite number, got {value}": "{name}은(는) 유한한 수여야 하는데 {value}입니다",
    "{name} must be from 0 to 1, got {value}": "{name}은(는) 0에서 1까지여야 하는데 {value}입니다",
    "{name} must be a {kind}, got {value}": "{name}은(는) {kind}이어야 하는데 {value}입니다",
    "{name} must be text, got {value}": "{name}은(는) 문자열이어야 하는데 {value}입니다",
    "{name} must be True or False, got {value}": "{name}은(는) True나 False여야 하는데 {value}입니다",
    "{name} must be a shape such as (28, 28, 1), got {value}": (
        "{name}은(는) (28, 28, 1)과 같은 모양이어야 하는데 {value}입니다"
    ),
    "padding must be {names}an integer or ((top, bottom), (left, right)), got {value}": (
        "padding은 {names}정수, ((위, 아래), (왼쪽, 오른쪽)) 가운데 하나여야 하는데 {value}입니다"
    ),
    "layers must be a list of layers of cnncore.network, got {value}": (
        "layers는 cnncore.network의 층을 담은 리스트여야 하는데 {value}입니다"
    ),
    "layer {layer} has maps of shape {shape}, which do not fit in memory": (
        "{layer} 층의 특성 맵은 모양이 {shape}이라 메모리에 들어가지 않습니다"
    ),
    "layer {layer} is a {kind} of a class that is not Keras's own, which may compute something else; "
    "supported are Keras's {supported}": (
        "{layer} 층은 Keras의 것이 아닌 클래스 {kind}이며 다르게 계산할 수 있습니다. "
        "지원하는 Keras 층은 다음과 같습니다: {supported}"
    ),
    "layer {layer} has the {argument} {value}, which is not supported": (
        "{layer} 층의 {argument} {value}은(는) 지원하지 않습니다"
    ),
}
