"""Korean for what cnncore says, errors above all."""

from __future__ import annotations

MESSAGES: dict[str, str] = {
    "a kernel has 1 to {largest} {name}, not {value}": (
        "커널의 {name} 크기는 1에서 {largest}까지입니다. {value}은(는) 안 됩니다"
    ),
    # Kernels, and what the walking screens ask for.
    "kernel is {value}; it must be one of {names}": "커널 {value}은(는) 없습니다. 다음 가운데 하나여야 합니다: {names}",
    "weight {place} is {value}; write a number such as 2, -0.5 or 1/16": (
        "가중치 {place}이(가) {value}입니다. 2, -0.5, 1/16 같은 수를 쓰세요"
    ),
    "the scale is {value}; write a number such as 1, 0.5 or 1/16": (
        "배율이 {value}입니다. 1, 0.5, 1/16 같은 수를 쓰세요"
    ),
    "{value} is too large; use numbers from -{limit} to {limit}": (
        "{value}은(는) 너무 큽니다. -{limit}에서 {limit} 사이의 수를 쓰세요"
    ),
    "{name} is {value}; it must be from 0 to {last}": "{name}이(가) {value}입니다. 0에서 {last}까지여야 합니다",
    "{path}: a picture's numbers are whole and from 0 to 255": "{path}: 그림의 수는 0에서 255까지의 정수여야 합니다",
    "{path} is {rows} x {columns}; it must be at least {least} x {least}": (
        "{path}의 크기가 {rows} x {columns}입니다. {least} x {least} 이상이어야 합니다"
    ),
    "There is no trained network yet: train one on the training screen, then press w here": (
        "아직 훈련한 신경망이 없습니다. 훈련 화면에서 훈련한 다음 여기서 w를 누르세요"
    ),
    "reading {path} needs h5py: pip install h5py": "{path}을(를) 읽으려면 h5py가 필요합니다: pip install h5py",
    "{path} is not a .keras model that can be read: {reason}": (
        "{path}은(는) 읽을 수 있는 .keras 모델이 아닙니다: {reason}"
    ),
    "{path}: the first layer is not a Conv2D with 3x3 kernels over one channel, stride 1 and ReLU": (
        "{path}: 첫 층이 채널 하나에 3x3 커널, 보폭 1, ReLU를 쓰는 Conv2D가 아닙니다"
    ),
    "{value} is not a place; write row, column, for example: 3, 5": (
        "{value}은(는) 위치가 아닙니다. 행, 열을 쓰세요. 예: 3, 5"
    ),
    # Data: files, Fashion-MNIST, folders, pictures, matrices, examples.
    "{path} is not an ordinary file": "{path}은(는) 일반 파일이 아닙니다",
    "{path} is a folder; a file is needed here": "{path}은(는) 폴더입니다. 여기에는 파일이 필요합니다",
    "{path} is a folder; a file name is needed here": "{path}은(는) 폴더입니다. 여기에는 파일 이름이 필요합니다",
    "{path} cannot be read: {reason}": "{path}을(를) 읽을 수 없습니다: {reason}",
    "{path}: there is no such file": "{path}: 그런 파일이 없습니다",
    "{path} cannot be written: {reason}": "{path}에 쓸 수 없습니다: {reason}",
    "there is no example named {value}; choose one of {names}": (
        "{value}(이)라는 예제는 없습니다. 다음 가운데 고르세요: {names}"
    ),
    "Fashion-MNIST was not found in {folder}; name the folder that has it with --data DIR or {variable}": (
        "{folder}에 Fashion-MNIST가 없습니다. 들어 있는 폴더를 --data DIR이나 {variable}(으)로 알려 주세요"
    ),
    "{folder}: there is no such folder": "{folder}: 그런 폴더가 없습니다",
    "{folder} lacks {files} (looked for with .gz and without); Fashion-MNIST is four files": (
        "{folder}에 {files}이(가) 없습니다(.gz가 붙은 이름과 붙지 않은 이름을 모두 찾았습니다). "
        "Fashion-MNIST는 파일 네 개로 되어 있습니다"
    ),
    "{path} has images of {height}x{width}; Fashion-MNIST's are 28x28": (
        "{path}의 이미지는 {height}x{width}입니다. Fashion-MNIST의 이미지는 28x28입니다"
    ),
    "no folder of pictures was named; --data DIR takes one with two subfolders, one a class": (
        "그림 폴더를 정하지 않았습니다. --data DIR에는 클래스마다 하나씩, 하위 폴더 두 개가 든 폴더를 줄 수 있습니다"
    ),
    "{folder} has the classes {found}, but {other} has {expected}": (
        "{folder}의 클래스는 {found}인데 {other}의 클래스는 {expected}입니다"
    ),
    "{folder} has {count} subfolders; the binary network needs two, one a class, with pictures inside:"
    " without a data folder it takes drawn garments": (
        "{folder}에 하위 폴더가 {count}개 있습니다. 이진 분류 신경망에는 그림이 든 하위 폴더가 클래스마다 하나씩, "
        "두 개 필요합니다. 데이터 폴더를 비우면 프로그램이 그린 옷을 씁니다"
    ),
    "{folder} holds no picture; pictures are {formats}": "{folder}에 그림이 없습니다. 쓸 수 있는 그림: {formats}",
    "label is {value}; it must be from 0 to {most}": "label이 {value}입니다. 0에서 {most}까지여야 합니다",
    "classes is {value}; it must pick from 0 to {most}": "classes가 {value}입니다. 0에서 {most} 사이에서 골라야 합니다",
    "{name} is {value}; it must be at most {most}": "{name}이(가) {value}입니다. {most} 이하여야 합니다",
    "{path} is not an IDX file: it begins with {bytes}, and must begin with two zero bytes": (
        "{path}은(는) IDX 파일이 아닙니다. 첫머리가 {bytes}인데, 0인 바이트 두 개로 시작해야 합니다"
    ),
    "{path} has the IDX dtype code {code}; it must be one of {codes}": (
        "{path}의 IDX 자료형 코드가 {code}입니다. 다음 가운데 하나여야 합니다: {codes}"
    ),
    "{path} has {ndim} dimensions; an IDX file has 1 to {most}": (
        "{path}은(는) {ndim}차원입니다. IDX 파일은 1차원에서 {most}차원까지입니다"
    ),
    "{path} is cut off: it ends inside its header": "{path}이(가) 잘려 있습니다. 헤더 중간에서 끝납니다",
    "{path} promises {shape} values, more than {most} bytes; its header is wrong or it is too large": (
        "{path}의 헤더에는 값이 {shape}개, 곧 {most}바이트보다 많다고 적혀 있습니다. "
        "헤더가 잘못되었거나 파일이 너무 큽니다"
    ),
    "{path} is cut off: its header promises {shape} values, {promised} bytes, and the file has {size}": (
        "{path}이(가) 잘려 있습니다. 헤더에는 값이 {shape}개, {promised}바이트라고 적혀 있는데 "
        "파일은 {size}바이트입니다"
    ),
    "{path} goes on after the {shape} values its header promises; its header is wrong or bytes were added": (
        "{path}에 헤더에 적힌 값 {shape}개보다 더 많은 내용이 있습니다. 헤더가 잘못되었거나 뒤에 무언가 덧붙었습니다"
    ),
    "{path} holds {shape} values of {dtype}; images are N x height x width values of uint8": (
        "{path}에는 {dtype} 값이 {shape}개 들어 있습니다. 이미지는 N x 높이 x 너비 개의 uint8 값입니다"
    ),
    "{path} holds {shape} values of {dtype}; labels are N values of uint8": (
        "{path}에는 {dtype} 값이 {shape}개 들어 있습니다. 레이블은 uint8 값 N개입니다"
    ),
    "{images} holds {count} images, but {labels} holds {label_count} labels": (
        "{images}에는 이미지가 {count}개인데 {labels}에는 레이블이 {label_count}개입니다"
    ),
    "{path} has the label {label} at position {position}; labels go from 0 to {most}": (
        "{path}의 {position}번 자리에 레이블 {label}이(가) 있습니다. 레이블은 0에서 {most}까지입니다"
    ),
    "{path} is cut off: its header promises {shape} values, {promised} bytes, and {found} are there": (
        "{path}이(가) 잘려 있습니다. 헤더에는 값이 {shape}개, {promised}바이트라고 적혀 있는데 {found}바이트만 있습니다"
    ),
    "{path} is damaged: {reason}": "{path}이(가) 손상되었습니다: {reason}",
    "{path} is cut off: its gzip packing ends too early": "{path}이(가) 잘려 있습니다. gzip 압축이 도중에 끝납니다",
    "{source}the text has more than {most:,} characters": "{source}글자가 {most:,}자보다 많습니다",
    "{source}there are no numbers; write rows such as 1 2 3": "{source}수가 없습니다. 1 2 3처럼 한 행씩 쓰세요",
    "{source}a bracket has no partner": "{source}짝이 없는 괄호가 있습니다",
    "{source}brackets are {depth} deep; a matrix has rows and columns only": (
        "{source}괄호가 {depth}겹입니다. 행렬에는 행과 열만 있습니다"
    ),
    "{source}{text} stands outside the brackets": "{source}{text}이(가) 괄호 밖에 있습니다",
    "{source}both , and ; stand between the numbers; use one of them": (
        "{source}수 사이에 ,와 ;이 섞여 있습니다. 하나만 쓰세요"
    ),
    "{path} holds an array of shape {shape} and dtype {dtype}; a matrix is (H, W) numbers, at most {most:,}": (
        "{path}의 배열은 모양이 {shape}, 자료형이 {dtype}입니다. 행렬은 (H, W) 모양의 수이며 최대 {most:,}개입니다"
    ),
    "{source}row {row}, column {column} is {text}, not a finite number": (
        "{source}{row}행 {column}열의 {text}은(는) 유한한 수가 아닙니다"
    ),
    "{source}there are more than {most:,} numbers": "{source}수가 {most:,}개보다 많습니다",
    "{source}row {row} has {count} numbers, but row 1 has {expected}": (
        "{source}{row}행에는 수가 {count}개인데 1행에는 {expected}개입니다"
    ),
    "{path} is neither text nor a .npy file": "{path}은(는) 텍스트도 .npy 파일도 아닙니다",
    "{path} cannot be read as an array: {reason}": "{path}을(를) 배열로 읽을 수 없습니다: {reason}",
    "{source}row {row}, column {column} is empty": "{source}{row}행 {column}열이 비어 있습니다",
    "{path} has {pixels:,} pixels; at most {most:,} can be opened: make it smaller first": (
        "{path}의 픽셀이 {pixels:,}개입니다. {most:,}개까지만 열 수 있으니 먼저 크기를 줄이세요"
    ),
    "{path} is not a picture in one of {formats}": "{path}은(는) 다음 형식의 그림이 아닙니다: {formats}",
    'mode must be "grey" or "rgb", got {value}': 'mode는 "grey"나 "rgb"여야 하는데 {value}입니다',
    "{path} is empty": "{path}이(가) 비어 있습니다",
    "{path} is cut off: the picture ends too early": "{path}이(가) 잘려 있습니다. 그림이 도중에 끝납니다",
    "array has shape {shape} and dtype {dtype}; a picture is (H, W) or (H, W, 3) values of uint8": (
        "array의 모양은 {shape}, 자료형은 {dtype}입니다. 그림은 (H, W)나 (H, W, 3) 모양의 uint8 값입니다"
    ),
    "{path} ends in {suffix}; pictures are written as {suffixes}": (
        "{path}의 확장자가 {suffix}입니다. 그림은 다음 확장자로 저장합니다: {suffixes}"
    ),
    "{path}: there is not enough memory to open it": "{path}: 열기에는 메모리가 모자랍니다",
    "{path} is a {kind} file; save it as one of {formats}": (
        "{path}은(는) {kind} 파일입니다. 다음 형식 가운데 하나로 저장해 주세요: {formats}"
    ),
    "Fashion-MNIST could not be kept in {folder}: {reason}": (
        "Fashion-MNIST를 {folder}에 저장하지 못했습니다: {reason}"
    ),
    "Fashion-MNIST could not be downloaded: {reason}": "Fashion-MNIST를 내려받지 못했습니다: {reason}",
    "{url} is larger than Fashion-MNIST's file; it is not the official one": (
        "{url}이(가) Fashion-MNIST의 파일보다 큽니다. 공식 파일이 아닙니다"
    ),
    "Fashion-MNIST could not be downloaded: nothing came from {url} for {seconds:g} seconds": (
        "Fashion-MNIST를 내려받지 못했습니다: {url}에서 {seconds:g}초 동안 아무것도 오지 않았습니다"
    ),
    "drawn garments": "프로그램이 그린 옷",
    "The 3x3 example": "3x3 예제",
    "Letter A": "글자 A",
    "Digit 2": "숫자 2",
    "Disc": "원판",
    "One edge": "경계 하나",
    "Gradient": "그러데이션",
    "Checkerboard": "체커보드",
    "Finer and finer stripes": "점점 촘촘해지는 줄무늬",
    "Three colours (RGB)": "세 가지 색 (RGB)",
    "Coat, 150x105": "코트, 150x105",
    # Networks, Keras models, validation and training runs.
    "{name} must be at least {at_least}, got {value}": "{name}은(는) {at_least} 이상이어야 하는데 {value}입니다",
    "{name} has dtype {dtype}; it must hold integers or floats": (
        "{name}의 자료형이 {dtype}입니다. 정수나 실수여야 합니다"
    ),
    "{name} has shape {shape}; it must be {needs}": "{name}의 모양이 {shape}입니다. {needs}이어야 합니다",
    "x has shape {shape}; layer {layer} takes {needs}, or a batch of them (N, ...)": (
        "x의 모양이 {shape}입니다. {layer} 층은 {needs} 또는 그것을 모은 배치 (N, ...)를 받습니다"
    ),
    "x has shape {shape}; this network takes {needs}, or a batch of them (N, ...)": (
        "x의 모양이 {shape}입니다. 이 신경망은 {needs} 또는 그것을 모은 배치 (N, ...)를 받습니다"
    ),
    "layer {layer} ({kind}) takes maps of shape (H, W, C), got {shape}": (
        "{layer} 층({kind})은 (H, W, C) 모양의 특징 맵을 받는데 {shape} 모양이 왔습니다"
    ),
    "kernel of layer {layer} has shape {shape}; with {channels} input channels in {groups} group(s) "
    "it must be (kh, kw, {needs}, F), and groups must divide both C and F": (
        "{layer} 층의 커널 모양이 {shape}입니다. 입력 채널이 {channels}개이고 그룹이 {groups}개이므로 "
        "(kh, kw, {needs}, F)이어야 하며, C와 F는 그룹 수로 나누어떨어져야 합니다"
    ),
    "kernel of layer {layer} has shape {shape}; with {channels} input channels it must be "
    "(kh, kw, {channels}, depth_multiplier)": (
        "{layer} 층의 커널 모양이 {shape}입니다. 입력 채널이 {channels}개이므로 "
        "(kh, kw, {channels}, depth_multiplier)이어야 합니다"
    ),
    "kernel of layer {layer} has shape {shape}; for inputs of shape {inputs} it must be ({needs}, units)": (
        "{layer} 층의 커널 모양이 {shape}입니다. 입력 모양이 {inputs}이므로 ({needs}, units)이어야 합니다"
    ),
    "{name} of layer {layer} has shape {shape}; it must be one number, or one for each channel {needs}": (
        "{layer} 층의 {name} 모양이 {shape}입니다. 수 하나이거나 채널마다 하나씩 {needs}이어야 합니다"
    ),
    "a network needs at least one layer": "신경망에는 층이 하나 이상 있어야 합니다",
    "layer {layer} takes {needs}, but what reaches it has shape {shape}": (
        "{layer} 층은 {needs} 모양을 받는데 {shape} 모양이 들어옵니다"
    ),
    "two layers are called {layer}; each needs a name of its own": (
        "이름이 {layer}인 층이 둘입니다. 층마다 이름이 달라야 합니다"
    ),
    'Keras {version} is too old; Keras 3 is needed: pip install --upgrade "{extra}"': (
        'Keras {version}은(는) 너무 오래되었습니다. Keras 3이 필요합니다: pip install --upgrade "{extra}"'
    ),
    'this needs TensorFlow and Keras ({missing} is not installed): pip install "{extra}"': (
        'TensorFlow와 Keras가 필요합니다({missing}이(가) 설치되어 있지 않습니다): pip install "{extra}"'
    ),
    "this needs TensorFlow, which is no longer made for Macs with an Intel processor": (
        "TensorFlow가 필요하지만, 인텔 프로세서를 쓰는 Mac용 TensorFlow는 더 이상 나오지 않습니다"
    ),
    "this needs TensorFlow, and there is none for Python {version} yet: use Python 3.11, 3.12 or 3.13": (
        "TensorFlow가 필요하지만, Python {version}용 TensorFlow는 아직 없습니다. Python 3.11, 3.12, 3.13을 쓰세요"
    ),
    "Keras does not start: {reason}": "Keras가 시작되지 않습니다: {reason}",
    "a Keras model or the path of a .keras file is needed, got {kind}": (
        "Keras 모델이나 .keras 파일의 경로가 필요한데 {kind}이(가) 왔습니다"
    ),
    "the model has no input shape yet: begin it with keras.Input(shape=(H, W, C)), or build it": (
        "모델의 입력 모양이 아직 정해지지 않았습니다. keras.Input(shape=(H, W, C))로 시작하거나 build를 부르세요"
    ),
    "the model's input shape {shape} has an open size; fixed sizes are needed": (
        "모델의 입력 모양 {shape}에 정해지지 않은 크기가 있습니다. 크기가 모두 정해져 있어야 합니다"
    ),
    "model {model} has {inputs} input(s) and {outputs} output(s); a chain has one of each": (
        "모델 {model}의 입력은 {inputs}개, 출력은 {outputs}개입니다. 한 줄로 이어진 모델에는 하나씩 있습니다"
    ),
    "model {model} does not begin at its input": "모델 {model}이(가) 자기 입력에서 시작하지 않습니다",
    "model {model} is a {kind}, a class of its own; a Sequential or a functional chain is needed": (
        "모델 {model}은(는) 따로 만든 클래스 {kind}입니다. Sequential이나 한 줄로 이어진 함수형 모델이어야 합니다"
    ),
    "layer {layer} ({kind}) joins {count} branches; only a chain is supported, each layer fed by one other": (
        "{layer} 층({kind})이 갈래 {count}개를 합칩니다. 층마다 앞의 한 층에서만 입력을 받는 모델만 지원합니다"
    ),
    "layer {layer} ({kind}) is told to behave as while training; only inference is supported": (
        "{layer} 층({kind})이 훈련할 때처럼 동작하도록 지정되어 있습니다. 추론만 지원합니다"
    ),
    "layer {layer} is a {kind}, which is not supported; these are: {supported}": (
        "{layer} 층은 {kind}이며 지원하지 않습니다. 지원하는 층은 다음과 같습니다: {supported}"
    ),
    "layer {layer} has the activation {activation}, which is not supported; these are: {supported}": (
        "{layer} 층의 활성화 {activation}은(는) 지원하지 않습니다. 지원하는 활성화는 다음과 같습니다: {supported}"
    ),
    "layer {layer} computes with the dtype policy {policy}; only float32 is supported": (
        "{layer} 층의 자료형 정책이 {policy}입니다. float32만 지원합니다"
    ),
    "layer {layer} has data_format 'channels_first'; only 'channels_last' is supported, with shapes (H, W, C)": (
        "{layer} 층의 data_format이 'channels_first'입니다. 모양이 (H, W, C)인 'channels_last'만 지원합니다"
    ),
    "layer {layer} has no weights yet; build the model first": (
        "{layer} 층에 아직 가중치가 없습니다. 먼저 모델의 build를 부르세요"
    ),
    "layer {layer} works along axis {axis}; only the last axis, -1, is supported": (
        "{layer} 층이 {axis}번 축을 따라 계산합니다. 마지막 축 -1만 지원합니다"
    ),
    "{path} cannot be read as a Keras model: {reason}": "{path}을(를) Keras 모델로 읽을 수 없습니다: {reason}",
    "{path} is not a .keras file; save the model as one, with model.save('name.keras')": (
        "{path}은(는) .keras 파일이 아닙니다. model.save('name.keras')로 저장하세요"
    ),
    "{path} needs a function of its own, {function}": (
        "{path}에는 따로 만든 함수 {function}이(가) 있어야 합니다. 그런 모델은 열지 않습니다"
    ),
    "inputs are empty: at least one is needed to compare": "입력이 비어 있습니다. 비교하려면 하나 이상 있어야 합니다",
    "{name} is {value}; it must be one of {names}": (
        "{name} {value}은(는) 없습니다. 다음 가운데 하나여야 합니다: {names}"
    ),
    "{name} must be at least 0 and below 1, got {value}": "{name}은(는) 0 이상 1 미만이어야 하는데 {value}입니다",
    "{name} must be from 0 to 1, got {value}": "{name}은(는) 0에서 1까지여야 하는데 {value}입니다",
    "the configuration cannot be read: {reason}": "훈련 설정을 읽을 수 없습니다: {reason}",
    "one argument is needed: the configuration as JSON": "인수 하나가 필요합니다: JSON으로 쓴 훈련 설정",
    "the images are {given}; the network {network} takes {needs}": (
        "이미지 크기가 {given}입니다. 신경망 {network}은(는) {needs} 크기를 받습니다"
    ),
    "there is a label {label}; the network {network} tells {classes} classes apart, labelled from 0": (
        "레이블 {label}이(가) 있습니다. 신경망 {network}은(는) 0부터 번호를 매긴 {classes}가지를 구별합니다"
    ),
    "{images} image(s) cannot be split into a part to train and {split} of them to validate: use more images": (
        "이미지 {images}장은 검증 비율 {split}(으)로 훈련용과 검증용으로 나눌 수 없습니다. 이미지를 더 많이 쓰세요"
    ),
    "{path} cannot be written: there is no folder {folder}": ("{path}을(를) 쓸 수 없습니다: {folder} 폴더가 없습니다"),
    "{path} needs about {needed:,} MB, but only {free:,} MB are free": (
        "{path}에는 약 {needed:,} MB가 필요한데 빈 공간이 {free:,} MB뿐입니다"
    ),
    "{path} is not a .keras file name; Keras saves models as those": (
        "{path}은(는) .keras 파일 이름이 아닙니다. Keras는 모델을 .keras 파일로 저장합니다"
    ),
    "{path} is not a history: it lacks {columns}": "{path}은(는) 훈련 기록이 아닙니다. 빠진 열: {columns}",
    "{path} is damaged at line {line}": "{path}의 {line}번째 줄이 손상되었습니다",
    "there is not enough memory for this run: use a smaller batch_size, fewer images, or the network 'fashion'": (
        "훈련할 메모리가 모자랍니다. batch_size를 줄이거나 이미지를 적게 쓰거나 신경망 'fashion'을 쓰세요"
    ),
    "training failed: {reason}": "훈련하지 못했습니다: {reason}",
    # Arguments of the import: arrays, shapes, dtypes, sizes, activations, threads.
    "{name} is a masked array; fill it first, with {name}.filled(0) for example": (
        "{name}은(는) 마스크 배열입니다. 먼저 {name}.filled(0)처럼 빈 값을 채우세요"
    ),
    "{name} is not an array of numbers: {reason}": "{name}은(는) 수의 배열이 아닙니다: {reason}",
    "{name} of shape {shape} does not fit in memory": "모양이 {shape}인 {name}은(는) 메모리에 들어가지 않습니다",
    "the output of shape {shape} does not fit in memory": "모양이 {shape}인 출력은 메모리에 들어가지 않습니다",
    "the {what} of shape {shape} does not fit in memory": "모양이 {shape}인 {what}은(는) 메모리에 들어가지 않습니다",
    "out must be a numpy array, got {kind}": "out은 numpy 배열이어야 하는데 {kind}입니다",
    "out has shape {shape} and dtype {dtype}; the result needs shape {needs} and dtype {needs_dtype}": (
        "out의 모양이 {shape}, 자료형이 {dtype}입니다. 결과를 담으려면 모양 {needs}, 자료형 {needs_dtype}이어야 합니다"
    ),
    "out is read-only": "out이 읽기 전용입니다",
    "out overlaps the input in memory; give it memory of its own": (
        "out이 입력과 같은 메모리를 씁니다. 따로 만든 배열을 주세요"
    ),
    "{name} has {ndim} dimensions, shape {shape}; it must be (H, W), (H, W, C) or (N, H, W, C)": (
        "{name}은(는) {ndim}차원이고 모양이 {shape}입니다. (H, W), (H, W, C), (N, H, W, C) 가운데 하나여야 합니다"
    ),
    "{name} is empty: its shape is {shape}": "{name}이(가) 비어 있습니다. 모양이 {shape}입니다",
    "{name} has the value {value}, which does not fit {dtype}": (
        "{name}에 {value} 값이 있는데 {dtype}의 범위를 벗어납니다"
    ),
    "{name} holds integers that {dtype} cannot represent exactly": (
        "{name}에 {dtype}(으)로 정확히 나타낼 수 없는 정수가 있습니다"
    ),
    "bias has dtype {dtype}, but inputs ({inputs}) and kernel are integers: the sum is exact in int32; "
    "give an integer bias or a float kernel": (
        "bias의 자료형이 {dtype}인데 inputs({inputs})와 kernel은 정수라 합을 int32로 정확히 계산합니다. "
        "bias를 정수로 주거나 kernel을 실수로 주세요"
    ),
    "bias has shape {shape}; with {filters} filters it must be ({filters},)": (
        "bias의 모양이 {shape}입니다. 필터가 {filters}개이므로 ({filters},)이어야 합니다"
    ),
    "kernel has shape {shape}; for inputs of shape (H, W) it must be (kh, kw). "
    "For several filters give inputs of shape (H, W, C)": (
        "kernel의 모양이 {shape}입니다. inputs의 모양이 (H, W)이면 (kh, kw)여야 합니다. "
        "필터를 여러 개 쓰려면 inputs를 (H, W, C) 모양으로 주세요"
    ),
    "groups is {groups}, but inputs of shape (H, W) have one channel": (
        "groups가 {groups}인데 (H, W) 모양의 inputs에는 채널이 하나뿐입니다"
    ),
    "kernel has shape {shape}; for inputs of shape {inputs} it must be (kh, kw, C // groups, F)": (
        "kernel의 모양이 {shape}입니다. inputs의 모양이 {inputs}이므로 (kh, kw, C // groups, F)여야 합니다"
    ),
    "kernel is empty: its shape is {shape}": "kernel이 비어 있습니다. 모양이 {shape}입니다",
    "groups is {groups}; it must divide both the {channels} input channels and the {filters} filters": (
        "groups가 {groups}입니다. 입력 채널 {channels}개와 필터 {filters}개가 모두 이 수로 나누어떨어져야 합니다"
    ),
    "kernel takes {given} channels, but inputs have {channels} in {groups} group(s): "
    "its shape {shape} must be (kh, kw, {needs}, F)": (
        "kernel은 채널 {given}개를 받는데 inputs에는 채널 {channels}개가 그룹 {groups}개로 들어 있습니다. "
        "모양이 {shape}이(가) 아니라 (kh, kw, {needs}, F)여야 합니다"
    ),
    "the sum could reach {reach:.0f}, beyond int32 ({limit}): use smaller weights, or float64 inputs": (
        "합이 {reach:.0f}까지 커져 int32의 한계 {limit}을(를) 넘을 수 있습니다. "
        "가중치를 줄이거나 inputs를 float64로 주세요"
    ),
    "inputs has shape {shape}; it must be (K,) or (N, K)": (
        "inputs의 모양이 {shape}입니다. (K,)이나 (N, K)여야 합니다"
    ),
    "kernel has shape {shape}; for inputs of shape {inputs} it must be ({k}, M)": (
        "kernel의 모양이 {shape}입니다. inputs의 모양이 {inputs}이므로 ({k}, M)이어야 합니다"
    ),
    "low must not be above high, got {low} and {high}": "low는 high보다 크지 않아야 하는데 {low}, {high}입니다",
    "low and high must be whole numbers from {least} to {most} for {dtype}, got {low} and {high}": (
        "{dtype}에서 low와 high는 {least}에서 {most}까지의 정수여야 하는데 {low}, {high}입니다"
    ),
    "image has {ndim} dimensions, shape {shape}; it must be (H, W) or (H, W, C)": (
        "image는 {ndim}차원이고 모양이 {shape}입니다. (H, W)나 (H, W, C)여야 합니다"
    ),
    "kernel has shape {shape}; for an image filter it must be (kh, kw)": (
        "kernel의 모양이 {shape}입니다. 이미지 필터에서는 (kh, kw)여야 합니다"
    ),
    "{name} is too large: {value}": "{name}이(가) 너무 큽니다: {value}",
    "{name} must be an integer, got {value}": "{name}은(는) 정수여야 하는데 {value}입니다",
    "{name} must be one integer or two (rows, columns), got {value}": (
        "{name}은(는) 정수 하나 또는 둘(행, 열)이어야 하는데 {value}입니다"
    ),
    "the {window_name} spans {extent} {direction}, but the padded input has only {padded}: "
    "use a smaller {window_name} or more padding": (
        "{window_name}의 크기는 {direction} 방향으로 {extent}인데 패딩을 더한 입력은 {padded}뿐입니다. "
        "{window_name}의 크기를 줄이거나 패딩을 늘리세요"
    ),
    "the {window_name} spans {extent} {direction}, but the padded input has only {padded}: "
    "use a smaller {window_name}, a smaller dilation_rate or more padding": (
        "{window_name}의 크기는 {direction} 방향으로 {extent}인데 패딩을 더한 입력은 {padded}뿐입니다. "
        "{window_name}의 크기나 팽창(dilation_rate)을 줄이거나 패딩을 늘리세요"
    ),
    "padding {padding} is not smaller than the pool's window, {pool_size}: a window would hold no input at all": (
        "패딩 {padding}이(가) 풀링 창의 크기 {pool_size}보다 작지 않습니다. 입력이 하나도 없는 창이 생깁니다"
    ),
    "activation is {value}; it must be None or one of {names}": (
        "activation이 {value}입니다. None이거나 다음 가운데 하나여야 합니다: {names}"
    ),
    "activation {value} gives fractions, but the result is {dtype}: give float inputs or a float kernel": (
        "activation {value}의 결과는 소수인데 출력의 자료형이 {dtype}입니다. inputs나 kernel을 실수로 주세요"
    ),
    "x has shape {shape} and dtype {dtype}; softmax needs numbers along a last axis": (
        "x의 모양이 {shape}, 자료형이 {dtype}입니다. softmax를 계산하려면 마지막 축에 수가 있어야 합니다"
    ),
    "softmax needs all filters at once and has no steps of single cells; use activation=None": (
        "softmax는 모든 필터의 값을 한꺼번에 써야 하므로 한 칸씩 따라갈 수 없습니다. activation=None을 쓰세요"
    ),
    "there is not enough memory for the working space of this operation": (
        "이 연산의 작업 공간을 잡을 메모리가 모자랍니다"
    ),
    "the C core refused these arguments (status {status})": "C 코어가 이 인수를 받아들이지 않았습니다(상태 {status})",
    "CNNCORE_ISA is {value}; this machine has {names}": (
        "CNNCORE_ISA가 {value}입니다. 이 컴퓨터에서 쓸 수 있는 것: {names}"
    ),
    "the instruction set is {value}; this machine has {names}": (
        "명령어 집합 {value}은(는) 쓸 수 없습니다. 이 컴퓨터에서 쓸 수 있는 것: {names}"
    ),
    "n must be at most {limit}, got {value}": "n은 {limit} 이하여야 하는데 {value}입니다",
    "CNNCORE_EXACT is {value}; it must be 0 or 1": "CNNCORE_EXACT가 {value}입니다. 0이나 1이어야 합니다",
    # Words that fill a sentence.
    "row": "행",
    "column": "열",
    "kernel": "커널",
    "pool window": "풀링 창",
    "rows": "세로",
    "columns": "가로",
    "padded input": "패딩한 입력",
}
