# Fuzz targets: every src/ROOM/NAME_fuzz.cc becomes the program NAME_fuzz, linked with its room.
#
#   cmake -B build/fuzz -G Ninja -DQUIRE_FUZZ=ON -DCMAKE_CXX_COMPILER=clang++ -DCMAKE_C_COMPILER=clang
#   ninja -C build/fuzz safetensors_fuzz
#   build/fuzz/safetensors_fuzz -max_total_time=600 corpus/
#
# Needs clang, whose libFuzzer drives them. Everything is built with the address and undefined
# behaviour sanitizers, and a finding ends the program.

option(QUIRE_FUZZ "build the fuzz targets (clang only)" OFF)
if(NOT QUIRE_FUZZ)
  return()
endif()
if(NOT CMAKE_CXX_COMPILER_ID MATCHES "Clang")
  message(FATAL_ERROR "QUIRE_FUZZ needs clang: add -DCMAKE_CXX_COMPILER=clang++")
endif()

set(fuzz_sanitizers -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all)
target_compile_options(quire_options INTERFACE ${fuzz_sanitizers} -fno-omit-frame-pointer -g)
target_link_options(quire_options INTERFACE ${fuzz_sanitizers})

file(GLOB fuzz_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/*/*_fuzz.cc)
foreach(source ${fuzz_sources})
  get_filename_component(target ${source} NAME_WE)
  get_filename_component(folder ${source} DIRECTORY)
  get_filename_component(room ${folder} NAME)
  add_executable(${target} ${source})
  target_link_libraries(${target} PRIVATE quire_${room})
  target_link_options(${target} PRIVATE -fsanitize=fuzzer)
endforeach()
