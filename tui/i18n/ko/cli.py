"""Korean for the command line, its own sentences and argparse's."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "colours (those of the last time, else as COLORFGBG says)": ("색 테마 (지난번 것, 없으면 터미널 바탕색에 맞춤)"),
    "See a convolutional network work, number by number, in the terminal.": (
        "합성곱 신경망이 숫자 하나하나 계산하는 모습을 터미널에서 봅니다."
    ),
    """\
  cnn-tui                                        open the app
  cnn-tui --lang ko --image photo.jpg            in Korean, with a picture of yours
  cnn-tui train                                  train in the app, with charts
  cnn-tui train --plain --epochs 3 --dropout 0.3 --output net.keras --history net.csv
  cnn-tui train --network binary --limit 600 --plain
  cnn-tui validate net.keras                     compare Keras and the C core, layer by layer
  cnn-tui filter photo.jpg --kernel sharpen -o sharp.png
  cnn-tui filter photo.jpg --kernel "0 -1 0; -1 5 -1; 0 -1 0" --padding same -o sharp.png""": """\
  cnn-tui                                        앱을 엽니다
  cnn-tui --lang ko --image photo.jpg            한국어로, 내 그림과 함께 엽니다
  cnn-tui train                                  앱에서 차트를 보며 훈련합니다
  cnn-tui train --plain --epochs 3 --dropout 0.3 --output net.keras --history net.csv
  cnn-tui train --network binary --limit 600 --plain
  cnn-tui validate net.keras                     Keras와 C 코어를 층마다 비교합니다
  cnn-tui filter photo.jpg --kernel sharpen -o sharp.png
  cnn-tui filter photo.jpg --kernel "0 -1 0; -1 5 -1; 0 -1 0" --padding same -o sharp.png""",
    "0 done, 1 failed, 2 wrong usage, 130 stopped by Ctrl+C": "0 완료, 1 실패, 2 잘못된 사용법, 130 Ctrl+C로 멈춤",
    "0 all layers agree, 1 one does not or it failed, 2 wrong usage, 130 stopped by Ctrl+C": (
        "0 모든 층이 일치, 1 다른 층이 있거나 실패, 2 잘못된 사용법, 130 Ctrl+C로 멈춤"
    ),
    "folder with the Fashion-MNIST files (else CNN_TUI_DATA, then Keras's cache, then a download)": (
        "Fashion-MNIST 파일이 있는 폴더 (없으면 CNN_TUI_DATA, Keras의 캐시, 내려받기 순서)"
    ),
    "train a network: in the app, or as lines of text": "신경망을 훈련합니다. 앱에서, 또는 글줄로",
    "compare Keras and the C core on a trained model, layer by layer": (
        "훈련한 모델로 Keras와 C 코어를 층마다 비교합니다"
    ),
    "put a picture through a kernel": "그림에 커널을 적용합니다",
    "Without --plain, on a terminal, the app opens on its training screen and starts.": (
        "터미널에서 --plain 없이 쓰면 앱의 훈련 화면이 열리고 훈련을 시작합니다."
    ),
    "options": "옵션",
    "commands": "명령",
    "arguments": "인수",
    "examples": "예",
    "exit status": "종료 상태",
    "COMMAND": "명령",
    "see: {command}": "참고: {command}",
    "print this help and exit": "이 도움말을 보여 줍니다",
    "print the version and exit": "버전을 보여 줍니다",
    "trained network to begin with": "처음에 볼 훈련된 신경망",
    "picture to begin with: PNG, JPEG, BMP, GIF, CSV": "처음에 볼 그림: PNG, JPEG, BMP, GIF, CSV",
    "pictures in pixels, by one of two protocols, or in half blocks; auto knows some terminals"
    " (CNN_TUI_GRAPHICS, else auto)": (
        "그림을 두 프로토콜 가운데 하나로 픽셀 그대로, 또는 반 칸 블록(blocks)으로 그립니다. auto는 아는 터미널에서만"
        " 픽셀로 그립니다 (CNN_TUI_GRAPHICS, 없으면 auto)"
    ),
    "{name} must be one of {choices}, got {value}": (
        "{name}은(는) 다음 가운데 하나여야 하는데 {value}입니다: {choices}"
    ),
    "sixel needs to know how many pixels a cell of the terminal has, and this one does not say;"
    " blocks works everywhere": (
        "sixel에는 터미널 한 칸이 몇 픽셀인지가 필요한데 이 터미널은 알려 주지 않습니다. blocks는 어디서나 됩니다"
    ),
    "language, English or Korean (else as the locale says)": "언어, 영어나 한국어 (없으면 로캘을 따릅니다)",
    "lines of text and a chart at the end; no screen": "화면 없이 글줄로 알리고 끝에 차트를 그립니다",
    "fashion: 28 x 28, ten classes; binary: 150 x 105, two classes (fashion)": (
        "fashion: 28 x 28, 클래스 열 개. binary: 150 x 105, 클래스 두 개 (fashion)"
    ),
    "how often every image is seen": "모든 이미지를 몇 번 볼지",
    "images per step": "한 걸음에 쓰는 이미지 수",
    "part of the images held out, the last ones": "검증용으로 떼어 두는 비율, 뒤쪽 이미지부터",
    "use only the first N images, 0 for all": "앞의 이미지 N장만 사용, 0이면 모두",
    "rate of the Dropout layers, 0 for none": "드롭아웃 층의 비율, 0이면 없음",
    "the same seed, the same run": "시드가 같으면 결과도 같습니다",
    "stop once an epoch's training accuracy is this, 0 for never": (
        "에포크의 훈련 정확도가 이 값이 되면 멈춤, 0이면 멈추지 않음"
    ),
    "where the trained model goes (else a folder of the run's own)": "훈련한 모델을 저장할 곳 (없으면 이 훈련의 폴더)",
    "where the figures of the epochs go, as Keras names them": "에포크별 수치를 Keras의 이름으로 저장할 곳",
    "write over files that are there": "이미 있는 파일을 덮어씁니다",
    "write over a file that is there": "이미 있는 파일을 덮어씁니다",
    "a .keras file; in safe mode, nothing in it is run": (
        ".keras 파일. 안전 모드로 열며 그 안의 어떤 코드도 실행하지 않습니다"
    ),
    "how many images to run": "비교에 쓸 이미지 수",
    "--images must be at least 1, got {value}": "--images는 1 이상이어야 하는데 {value}입니다",
    "a picture: PNG, JPEG, BMP, GIF": "그림: PNG, JPEG, BMP, GIF",
    'rows of numbers, "0 -1 0; -1 5 -1; 0 -1 0", or one of: {names}': (
        '행마다 쓴 수 "0 -1 0; -1 5 -1; 0 -1 0" 또는 다음 가운데 하나: {names}'
    ),
    "where the result goes": "결과를 저장할 곳",
    "the sums are multiplied with it, such as 1/16 (the kernel's own)": "합에 곱하는 배율, 예: 1/16 (커널에 딸린 값)",
    "valid: smaller by the kernel's size less one; same: zeros around (valid)": (
        "valid: 커널 크기에서 1을 뺀 만큼 작아짐. same: 둘레를 0으로 채움 (valid)"
    ),
    "as three colours": "세 가지 색으로",
    "as one grey channel": "회색 한 채널로",
    "{path}: there is no such folder": "{path}: 그런 폴더가 없습니다",
    "The machine has not enough memory for this.": "이 일을 하기에는 메모리가 모자랍니다.",
    "{name} {path}: the file name must end in {suffixes}": "{name} {path}: 파일 이름은 {suffixes}(으)로 끝나야 합니다",
    "{name} {path} is there already; --force writes over it": (
        "{name} {path}이(가) 이미 있습니다. 덮어쓰려면 --force를 쓰세요"
    ),
    "the app needs a terminal: {reason}": "앱에는 터미널이 필요합니다: {reason}",
    "{stream} is not one": "{stream}이(가) 터미널이 아닙니다",
    "TERM is {value}": "TERM이 {value}입니다",
    "standard input": "표준 입력",
    "standard output": "표준 출력",
    "standard error": "표준 오류",
    "{image} {size} -> {output} {new_size} (height x width): kernel {kernel}, scale {scale}": (
        "{image} {size} -> {output} {new_size} (높이 x 너비): 커널 {kernel}, 배율 {scale}"
    ),
    "{low} of {total} values were below 0 and {high} above 255: these were clamped": (
        "값 {total}개 가운데 {low}개가 0보다 작고 {high}개가 255보다 커서 잘라 맞추었습니다"
    ),
    'kernel is {value}; write your own as rows of numbers: "0 -1 0;-1 5 -1;0 -1 0"': (
        '커널이 {value}입니다. 직접 쓸 때는 행마다 수를 쓰세요: "0 -1 0;-1 5 -1;0 -1 0"'
    ),
    "kernel {value}: its rows have different lengths": "커널 {value}: 행마다 수의 개수가 다릅니다",
    "Stopping, and saving what has been trained; Ctrl+C again ends at once": (
        "멈추고 지금까지 훈련한 것을 저장합니다. Ctrl+C를 한 번 더 누르면 바로 끝납니다"
    ),
    "Best validation accuracy: {value}, after epoch {epoch}": "가장 높은 검증 정확도: {epoch}번째 에포크 뒤의 {value}",
    # What argparse says, as it names it.
    "usage: ": "사용법: ",
    "positional arguments": "인수",
    "the following arguments are required: %s": "다음 인수가 필요합니다: %s",
    "unrecognized arguments: %s": "알 수 없는 인수입니다: %s",
    "expected one argument": "값이 하나 필요합니다",
    "expected at least one argument": "값이 하나 이상 필요합니다",
    "invalid choice: %(value)r (choose from %(choices)s)": "%(value)r은(는) 없습니다. 고를 수 있는 값: %(choices)s",
    "invalid choice: %(value)r, maybe you meant %(suggestion)r? (choose from %(choices)s)": (
        "%(value)r은(는) 없습니다. 혹시 %(suggestion)r인가요? 고를 수 있는 값: %(choices)s"
    ),
    "invalid %(type)s value: %(value)r": "%(value)r은(는) %(type)s 값이 아닙니다",
    "argument %(argument_name)s: %(message)s": "인수 %(argument_name)s: %(message)s",
    "not allowed with argument %s": "%s와(과) 함께 쓸 수 없습니다",
    "ignored explicit argument %r": "값을 받지 않는 인수에 %r이(가) 주어졌습니다",
    "one of the arguments %s is required": "다음 인수 가운데 하나가 필요합니다: %s",
}
