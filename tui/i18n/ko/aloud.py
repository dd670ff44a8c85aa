"""Korean for what screens show in words."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "This place in words, or not": "이 자리를 말로 보기/숨기기",
    "All in words, for a screen reader": "모두 말로, 화면 낭독기용",
    "Words: down, up": "말: 아래로, 위로",
    "In words": "말로 보기",
    "everything in words, the cursor at the place at hand (also CNN_TUI_SCREEN_READER=1)": (
        "모든 것을 말로, 커서는 지금 자리에 (CNN_TUI_SCREEN_READER=1도 같음)"
    ),
    # Pictures.
    "{name}: {size}, from {low} at {low_at} to {high} at {high_at}, mean {mean}; {zeros} of {count} values are 0": (
        "{name}: {size}, 최소 {low} ({low_at}), 최대 {high} ({high_at}), 평균 {mean}, 값 {count}개 중 {zeros}개가 0"
    ),
    "row {row}, column {column}": "행 {row}, 열 {column}",
    "row {row}: {values}": "행 {row}: {values}",
    # The walking screens.
    "{place}: not yet computed": "{place}: 아직 계산하지 않음",
    "{place}, product {number} of {count}: {product}, running sum {sum}": (
        "{place}, 곱 {count}개 중 {number}번째: {product}, 지금까지의 합 {sum}"
    ),
    "product {number}: {product}, running sum {sum}": "{number}번째 곱: {product}, 지금까지의 합 {sum}",
    "(padding)": "(패딩)",
    "sum {sum}, {scale} is {scaled}, rounded {rounded}, result {result}": (
        "합 {sum}, {scale} 하면 {scaled}, 반올림 {rounded}, 결과 {result}"
    ),
    "sum {sum}, {bias} bias is {z}, after ReLU {result}": "합 {sum}, 편향 {bias}까지 더하면 {z}, ReLU 뒤 {result}",
    "the largest of {values} is {result}, at input {place}": "{values} 가운데 최댓값 {result}, 입력의 {place}",
    "input {place} is {value}; {feeds}": "입력 {place}의 값 {value}, {feeds}",
    "Kernel {name}, {rows} x {columns}:": "커널 {name}, {rows} x {columns}:",
    "Editing the scale: {value}": "배율 고치는 중: {value}",
    "Editing the weight in row {row}, column {column}: {value}": "행 {row}, 열 {column}의 가중치 고치는 중: {value}",
    # The network.
    "The picture is {truth}. ": "그림의 정답은 {truth}. ",
    "The answer is {name}: {score}": "답은 {name}: {score}",
    "right": "맞음",
    "wrong": "틀림",
    "{layer}, value {number}: {value}": "{layer}, 값 {number}: {value}",
    "{layer}, map {number}, {rows} x {columns}": "{layer}, 맵 {number}, {rows} x {columns}",
    "{layer}, map {number}, {place}: {value}": "{layer}, 맵 {number}, {place}: {value}",
    "it sees rows {top} to {bottom}, columns {left} to {right} of the picture": (
        "그림의 행 {top}~{bottom}, 열 {left}~{right}을(를) 봅니다"
    ),
    "Kernel on input map {number}:": "입력 맵 {number}에 놓이는 커널:",
    "weight for input {number}: {value}": "입력 {number}의 가중치: {value}",
    "the largest": "최댓값",
    "term {number}: {words}": "항 {number}: {words}",
    # Runs.
    "epoch {number}: loss {loss}, accuracy {accuracy}, val_loss {val_loss}, val_accuracy {val_accuracy}": (
        "에포크 {number}: loss {loss}, accuracy {accuracy}, val_loss {val_loss}, val_accuracy {val_accuracy}"
    ),
    "Chart: training accuracy": "훈련 정확도 차트",
    "Chart: validation accuracy": "검증 정확도 차트",
    "Chart: training loss": "훈련 손실 차트",
    "Chart: validation loss": "검증 손실 차트",
    "{name} from {first} in epoch 1 to {last} in epoch {count}": (
        "{name}: 에포크 1의 {first}에서 에포크 {count}의 {last}까지"
    ),
    "the best epoch is {number}": "가장 좋은 에포크: {number}",
    "{name}: largest difference {absolute}, relative {relative}, {verdict}": (
        "{name}: 가장 큰 차이 {absolute}, 상대 {relative}, {verdict}"
    ),
}
