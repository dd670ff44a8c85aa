"""Korean for training and validation, on their screens and as plain lines."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # NaN, and the fused network.
    "The loss is NaN from epoch {epoch} on: the network gives NaN and names no class, so the accuracy means nothing.": (
        "에포크 {epoch}부터 손실이 NaN입니다. 신경망의 출력이 NaN이라 클래스를 정할 수 없으므로"
        " 정확도는 의미가 없습니다."
    ),
    "NaN first comes out of {layer}, for {count} of {total} images: for those the network names no class.": (
        "NaN이 처음 나오는 층: {layer}. 이미지 {total}장 가운데 {count}장에서 나오며, 이때는 클래스를 정할 수 없습니다."
    ),
    "The layers agree one by one, but predict, which runs them fused, does not: {difference}, where {rtol} of the"
    " largest value is allowed.": (
        "층을 하나씩 비교하면 모두 일치하지만, 층을 합쳐서 계산하는 predict는 다릅니다. 차이는 {difference}이고,"
        " 허용 범위는 가장 큰 값의 {rtol}입니다."
    ),
    # The child processes.
    "The process was ended by signal {number} ({name}).": "프로세스가 신호 {number}({name})로 끝났습니다.",
    "The process ended without a word (exit status {status}).": (
        "프로세스가 아무 말 없이 끝났습니다(종료 상태 {status})."
    ),
    "The training process could not be started: {reason}": "훈련 프로세스를 시작하지 못했습니다: {reason}",
    "The process could not be started: {reason}": "프로세스를 시작하지 못했습니다: {reason}",
    "Starting the training process": "훈련 프로세스를 시작하는 중",
    "Starting the process": "프로세스를 시작하는 중",
    "Stopped.": "멈추었습니다.",
    # Stages and progress.
    "Loading TensorFlow, which takes some seconds": "TensorFlow를 불러오는 중, 몇 초 걸립니다",
    "Loading TensorFlow and the model, which takes some seconds": "TensorFlow와 모델을 불러오는 중, 몇 초 걸립니다",
    "Reading the images": "이미지를 읽는 중",
    "Building the network": "신경망을 만드는 중",
    "Training": "훈련",
    "Saving the model": "모델을 저장하는 중",
    "Running Keras and the C core on the same images": "같은 이미지로 Keras와 C 코어를 실행하는 중",
    "images": "이미지",
    "bytes": "바이트",
    "{done} of {total} {unit}": "{unit} {total} 가운데 {done}",
    "{seconds} s": "{seconds}초",
    "{minutes} min {seconds} s": "{minutes}분 {seconds}초",
    "{hours} h {minutes} min": "{hours}시간 {minutes}분",
    "{elapsed} elapsed": "{elapsed} 지남",
    "{remaining} left": "{remaining} 남음",
    "epoch {epoch}/{epochs}": "에포크 {epoch}/{epochs}",
    "epoch {epoch}/{epochs}, batch {batch}/{batches}, {elapsed} elapsed, {remaining} left": (
        "에포크 {epoch}/{epochs}, 배치 {batch}/{batches}, {elapsed} 지남, {remaining} 남음"
    ),
    # What a run is asked to do.
    "fashion, 28 x 28": "fashion, 28 x 28",
    "binary, 150 x 105": "binary, 150 x 105",
    "{count} epochs": "에포크 {count}번",
    "batch {size}": "배치 {size}",
    "validation {part}": "검증 {part}",
    "dropout {rate}": "드롭아웃 {rate}",
    "no dropout": "드롭아웃 없음",
    "{count} images": "이미지 {count}장",
    "seed {seed}": "시드 {seed}",
    "stops at {accuracy}": "정확도 {accuracy}에서 멈춤",
    "weights + biases": "가중치 + 편향",
    "Training options": "훈련 옵션",
    "Network: {names}": "신경망: {names}",
    "how often every image is seen": "모든 이미지를 몇 번 볼지",
    "Batch size": "배치 크기",
    "images per step": "한 걸음의 이미지 수",
    "Validation split": "검증 비율",
    "part held out": "떼어 두는 부분",
    "only the first, 0 for all": "앞에서부터, 0이면 모두",
    "Dropout rate": "드롭아웃 비율",
    "0 for none": "0이면 없음",
    "Seed": "시드",
    "the same seed, the same run": "같으면 결과도 같습니다",
    "Stop at training accuracy": "멈출 훈련 정확도",
    "0 for never": "0이면 끝까지",
    "Data folder": "데이터 폴더",
    "empty for the usual": "비우면 늘 찾던 곳",
    "Next field": "다음 칸",
    "Field before": "이전 칸",
    "{name} is empty; write a whole number": "{name}이(가) 비어 있습니다. 정수를 쓰세요",
    "{name} is empty; write a number such as 0.25": "{name}이(가) 비어 있습니다. 0.25 같은 수를 쓰세요",
    "{name} is {value}; it must be a whole number": "{name}이(가) {value}입니다. 정수여야 합니다",
    "{name} is {value}; it must be a number such as 0.25": "{name}이(가) {value}입니다. 0.25 같은 수여야 합니다",
    # The network, the data, the figures.
    "Layer": "층",
    "Kind": "종류",
    "Output shape": "출력 모양",
    "Parameters": "매개변수",
    "Total": "합계",
    "{source}: {train} images to train, {validation} to validate, {classes} classes": (
        "{source}: 훈련용 {train}장, 검증용 {validation}장, 클래스 {classes}개"
    ),
    "Drawn garments take the place of Fashion-MNIST": "Fashion-MNIST 대신 프로그램이 그린 옷을 씁니다",
    "Drawn garments are used": "프로그램이 그린 옷을 씁니다",
    "accuracy": "정확도",
    "loss": "손실",
    "training": "훈련",
    "validation": "검증",
    "epoch": "에포크",
    "batch": "배치",
    "time": "시간",
    "epochs": "에포크",
    "network": "신경망",
    "earlier run": "앞선 훈련",
    "earlier (dropout {rate})": "앞선 훈련(드롭아웃 {rate})",
    "An epoch's figures come at its end.": "수치는 에포크가 끝날 때 나옵니다.",
    # The end, and what it means.
    "Finished: {epochs} of {total} epochs in {time}": "끝났습니다. 에포크 {total}번 가운데 {epochs}번, {time}",
    "Stopped after {epochs} of {total} epochs, {time}": "멈추었습니다. 에포크 {total}번 가운데 {epochs}번, {time}",
    "Model: {path}": "모델: {path}",
    "History: {path}": "기록: {path}",
    "3 looks into it, 5 holds it against Keras.": "3에서 속을 들여다보고, 5에서 Keras와 견줄 수 있습니다.",
    "No images are held out for validation, so overfitting cannot be seen.": (
        "검증용으로 떼어 둔 이미지가 없어 과적합을 알 수 없습니다."
    ),
    "Training is {gap} above validation: the network overfits, it knows its own images by heart.": (
        "훈련 정확도가 검증 정확도보다 {gap} 높습니다. 신경망이 자기 이미지를 외워 과적합했습니다."
    ),
    "Dropout works against that: train again with a rate such as 0.5, and compare.": (
        "드롭아웃이 이를 줄여 줍니다. 비율을 0.5쯤으로 두고 다시 훈련해 견주어 보세요."
    ),
    "Training is {gap} above validation: the network begins to overfit.": (
        "훈련 정확도가 검증 정확도보다 {gap} 높습니다. 신경망이 과적합하기 시작합니다."
    ),
    "Training and validation are {gap} apart: no overfitting so far.": (
        "훈련 정확도와 검증 정확도의 차이가 {gap}입니다. 아직 과적합은 없습니다."
    ),
    "Validation is {gap} above training: training is the mean over the epoch with dropout on, validation comes at its"
    " end with dropout off.": (
        "검증 정확도가 훈련 정확도보다 {gap} 높습니다. 훈련은 드롭아웃을 켠 에포크 동안의 평균이고, "
        "검증은 에포크 끝에 드롭아웃을 끄고 잽니다."
    ),
    "Validation is {gap} above training: training is the mean over the epoch, validation comes at its end.": (
        "검증 정확도가 훈련 정확도보다 {gap} 높습니다. 훈련은 에포크 동안의 평균이고, 검증은 에포크 끝에 잽니다."
    ),
    "Validation loss was lowest after epoch {epoch}.": "검증 손실은 {epoch}번째 에포크 뒤에 가장 낮았습니다.",
    # The training screen.
    "Run": "실행",
    "Show": "보기",
    "Train": "훈련",
    "Stop": "멈춤",
    "Options": "옵션",
    "View": "보기",
    "View before": "이전 보기",
    "Zoom": "확대",
    "Blocks, dots or plain characters": "블록, 점, 일반 글자",
    "Network": "신경망",
    "Epochs": "에포크",
    "Ready. t trains this network, o changes the options.": (
        "준비되었습니다. t를 누르면 이 신경망을 훈련하고 o를 누르면 옵션을 바꿉니다."
    ),
    "Stopping, and saving what has been trained; s again ends at once": (
        "멈추고 지금까지 훈련한 것을 저장합니다. s를 한 번 더 누르면 바로 끝납니다"
    ),
    "A network learns from images: after each batch its weights move a little. Training accuracy is measured on the"
    " images it learns from, validation accuracy on images it never learns from. Where the two part, the network"
    " overfits; dropout pulls them together again. Train once, set a dropout rate with o, train again and compare.": (
        "신경망은 이미지에서 배웁니다. 배치 하나를 볼 때마다 가중치가 조금씩 바뀝니다. 훈련 정확도는 배우는 "
        "이미지로, 검증 정확도는 배우지 않은 이미지로 잽니다. 둘이 벌어지면 과적합이며, 드롭아웃은 둘을 다시 "
        "가까워지게 합니다. 한 번 훈련한 뒤 o로 드롭아웃 비율을 정하고 다시 훈련해 비교해 보세요."
    ),
    # The validation screen.
    "Trained network": "훈련한 신경망",
    "Fresh weights": "무작위 초기 가중치",
    "Images": "이미지 수",
    "Other fresh weights": "다른 무작위 초기 가중치",
    "t: {model}   f: {network}, seed {seed}   on {images} images": (
        "t: {model}   f: {network}, 시드 {seed}   이미지 {images}장"
    ),
    "nothing trained yet": "아직 훈련한 것 없음",
    "Ready. t checks the network trained last, f one with fresh weights.": (
        "준비되었습니다. t는 마지막에 훈련한 신경망을, f는 무작위 초기 가중치의 신경망을 확인합니다."
    ),
    "Nothing has been trained yet: 4 trains a network, f checks one with fresh weights.": (
        "아직 훈련한 신경망이 없습니다. 4에서 훈련하거나 f로 무작위 초기 가중치의 신경망을 확인하세요."
    ),
    "Trained network {name}, {images} images": "훈련한 신경망 {name}, 이미지 {images}장",
    "Network {network} with fresh weights, seed {seed}, {images} images": (
        "무작위 초기 가중치의 신경망 {network}, 시드 {seed}, 이미지 {images}장"
    ),
    "All layers agree": "모든 층이 일치합니다",
    "They disagree": "일치하지 않습니다",
    "Largest difference": "가장 큰 차이",
    "Difference": "차이",
    "Relative": "상대 차이",
    "limit (log)": "한도(로그)",
    "ok": "일치",
    "differs": "다름",
    "first to differ": "처음으로 다름",
    "{count} images run: {source}": "이미지 {count}장 실행: {source}",
    "random numbers": "무작위 수",
    "Validation failed: {reason}": "대조하지 못했습니다: {reason}",
    "The C core and Keras give the same numbers: the largest difference is {worst} of a layer's largest value, and"
    " {rtol} is allowed. float32 rounds at about 6e-08.": (
        "C 코어와 Keras의 결과가 같습니다. 가장 큰 차이는 그 층의 가장 큰 값의 {worst}배이며 {rtol}배까지 "
        "허용합니다. float32는 약 6e-08에서 반올림합니다."
    ),
    "They disagree, first in {layer}: {difference}, where {rtol} of the layer's largest value is allowed. What follows"
    " was fed with that error.": (
        "일치하지 않습니다. 처음으로 다른 층은 {layer}이며 차이는 {difference}, 허용값은 그 층의 가장 큰 값의 "
        "{rtol}배입니다. 그 뒤의 층은 이 오차를 물려받습니다."
    ),
    "This app computes every number with a C core of its own. Here Keras and the C core run the same network on the"
    " same images, and the outputs of every layer and of the whole network (predict) are compared: the largest"
    " difference, and that as a part of the layer's largest value. float32 keeps about seven digits, so a few times"
    " 1e-07 is as equal as can be.": (
        "이 앱은 모든 수를 직접 만든 C 코어로 계산합니다. 여기서는 Keras와 C 코어가 같은 신경망을 같은 이미지로 "
        "실행하고 각 층과 신경망 전체(predict)의 출력을 비교합니다. 가장 큰 차이와, 그 차이를 층의 가장 큰 값으로 "
        "나눈 값을 보여 줍니다. "
        "float32는 약 일곱 자리까지 나타내므로 1e-07의 몇 배는 더없이 가까운 값입니다."
    ),
}
