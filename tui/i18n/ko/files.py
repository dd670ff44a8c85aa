"""Korean for paths, and for what is kept of a run that did not come to its end."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    # Paths.
    "the path is empty; name a file or a folder": "경로가 비어 있습니다. 파일이나 폴더의 이름을 쓰세요",
    "path must be a str or a Path, got {value}": "경로는 str이나 Path여야 합니다. 주어진 값: {value}",
    "{path} is a file; a folder is needed here": "{path}은(는) 파일입니다. 여기에는 폴더가 필요합니다",
    "{path} has more than {most:,} bytes": "{path}의 크기가 {most:,}바이트를 넘습니다",
    "{path}: the working folder is gone, so only a full path leads anywhere": (
        "{path}: 작업 폴더가 삭제되었습니다. 전체 경로를 쓰세요"
    ),
    "{path}: this is more than one file; name one": "{path}: 파일이 여러 개입니다. 하나만 쓰세요",
    "{path} is on another machine, {host}": "{path}은(는) 다른 컴퓨터({host})에 있습니다",
    "Complete the path": "경로 자동 완성",
    "and {count} more": "외 {count}개",
    # Keras's settings.
    'Keras is set to the backend {backend}, which is not installed; set KERAS_BACKEND={ours}, or change "backend" in'
    " the keras.json of Keras": (
        "Keras의 백엔드가 {backend}(으)로 설정되어 있는데 설치되어 있지 않습니다. KERAS_BACKEND={ours}(으)로 설정하거나"
        ' Keras의 keras.json에서 "backend"를 바꾸세요'
    ),
    # A process that was ended.
    "The system ended the process because memory ran out (signal 9).": (
        "메모리가 부족해 시스템이 프로세스를 종료했습니다(신호 9)."
    ),
    "The process was killed (signal 9) from outside; memory had not run out.": (
        "프로세스가 외부에서 강제 종료되었습니다(신호 9). 메모리 부족 때문은 아닙니다."
    ),
    "The process was killed (signal 9): from outside, or because memory ran out.": (
        "프로세스가 강제 종료되었습니다(신호 9). 외부에서 종료했거나 메모리가 부족했습니다."
    ),
    "Kept, as it was after an epoch: {path}": "에포크가 끝났을 때의 모델을 저장해 두었습니다: {path}",
    "3 looks into it, t trains anew.": "3을 누르면 그 모델을 살펴보고, t를 누르면 새로 훈련합니다.",
    "t trains anew.": "t를 누르면 새로 훈련합니다.",
}
