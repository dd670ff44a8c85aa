"""Korean for the frame: titles, key hints, help, palette."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "Convolution": "합성곱",
    "Pooling": "풀링",
    "Training": "훈련",
    "Validation": "대조",
    "Everywhere": "어느 화면에서나",
    "This screen": "이 화면",
    "Language": "언어",
    "Theme": "테마",
    "Commands": "명령 목록",
    "Find a command": "명령 찾기",
    "Quit": "끝내기",
    "To the shell; fg comes back": "셸로 나가기 (fg로 돌아옴)",
    "Help": "도움말",
    "Close": "닫기",
    "Esc closes, arrows scroll": "Esc 닫기, 화살표 스크롤",
    "Go to this screen": "이 화면으로 갑니다",
    "Dark or light": "어둡게 또는 밝게",
    "All keys of this screen": "이 화면의 모든 키",
    "Open a picture": "그림 열기",
    "Your own image or matrix": "내 그림이나 숫자 행렬",
    "Back to the shell": "셸로 돌아갑니다",
    "This needs {width} columns and {height} lines; the terminal has {now_width} and {now_height}.": (
        "이 화면에는 가로 {width}칸, 세로 {height}줄이 필요합니다. 지금 터미널은 {now_width}칸, {now_height}줄입니다."
    ),
}
