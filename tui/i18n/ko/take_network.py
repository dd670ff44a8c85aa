"""Korean for taking along what the network screen shows, and for the options that bring it back."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "The picture as the network gets it": "신경망이 받는 그림",
    "That picture as numbers: .npy or .csv": "그 그림을 수로: .npy 또는 .csv",
    "This map as a picture": "이 맵을 그림으로",
    "This map as numbers: .npy or .csv": "이 맵을 수로: .npy 또는 .csv",
    "All maps of this layer: .npy (one array), .csv or .png (a file each)": (
        "이 층의 모든 맵: .npy(한 배열), .csv나 .png(맵마다 한 파일)"
    ),
    "All values of this layer: .npy or .csv": "이 층의 모든 값: .npy 또는 .csv",
    "How far the score falls, for each pixel: .npy, .csv or .png": "픽셀마다 점수가 떨어진 폭: .npy, .csv, .png",
    "All numbers that make this value: .csv": "이 값을 이루는 모든 수: .csv",
    "This layer alone as Keras code": "이 층만 Keras 코드로",
    "The network as Keras code": "신경망을 Keras 코드로",
    "The network up to this layer as Keras code": "이 층까지의 신경망을 Keras 코드로",
    "of shape {shape}": "모양 {shape}",
    "layer {layer} has padding {padding}; Keras's layers take valid or same only": (
        "{layer} 층의 padding이 {padding}입니다. Keras의 층은 valid나 same만 받습니다"
    ),
    "--layer is {value}; the network has these: {names}": (
        "--layer가 {value}입니다. 이 신경망의 층은 다음과 같습니다: {names}"
    ),
    # The command line.
    "where to begin on convolution and pooling; --picture, --at and --term on network, too": (
        "합성곱과 풀링 화면의 처음 위치 (--picture, --at, --term은 신경망 화면에서도)"
    ),
    "where to begin on the network screen, after --screen network": (
        "신경망 화면의 처음 위치 (--screen network와 함께)"
    ),
    "how many of its products are written; on network the chosen line, counted from 0": (
        "그 칸에서 이미 적힌 곱의 수, 신경망 화면에서는 고른 줄"
    ),
    "how far in: network, layer or value (network)": "깊이: network, layer, value 가운데 하나 (network)",
    "the layer by its name, or input for the picture": "층의 이름, 또는 그림이면 input",
    "what is drawn brightest: the largest of the map, the layer or the network (map)": (
        "가장 밝게 그릴 값: 맵(map), 층(layer), 신경망(network)에서 가장 큰 값 (map)"
    ),
    "fresh weights, even where a network was trained": "훈련한 신경망이 있어도 무작위 초기 가중치로",
    "light and dark of the picture exchanged": "그림의 밝기를 뒤집어",
    "of the pictures only the misclassified": "오분류한 그림만",
    "the terms of a value in their order, not the largest first": "값의 항을 큰 것부터가 아니라 차례대로",
    "the weights in place of the maps, where there is no room for both": "자리가 모자라면 맵 대신 가중치를",
    "which pixels moved the answer": "답을 움직인 픽셀을",
    "of the pictures only this class, counted from 0": "이 클래스의 그림만, 0부터",
    "the map, or the unit, counted from 0": "맵 또는 유닛, 0부터",
    "of which input map the kernel, or of which input the weight is shown": (
        "어느 입력 맵의 커널, 또는 어느 입력의 가중치를 볼지"
    ),
    "the map whose products are listed": "곱을 펼쳐 볼 맵",
    "{option} is for --screen network": "{option}은(는) --screen network와 함께 씁니다",
    "--fresh takes no --model": "--fresh와 --model은 함께 쓸 수 없습니다",
}
