# Builds for 64-bit ARM and runs the tests under qemu-user (Debian: gcc-aarch64-linux-gnu, qemu-user):
#   cmake -S csrc -B build/neon -DCMAKE_TOOLCHAIN_FILE=$PWD/tests/c/aarch64.cmake
set(CMAKE_SYSTEM_NAME Linux)
set(CMAKE_SYSTEM_PROCESSOR aarch64)
set(CMAKE_C_COMPILER aarch64-linux-gnu-gcc)
set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64 -L /usr/aarch64-linux-gnu)
