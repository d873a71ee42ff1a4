# A room is one folder under src/: one static library and one test program.
#
#   quire_room(NAME [USES room...] [LINKS library...] [PRECOMPILE header...])
#
# takes every *.cc of the folder as a source, and every *_test.cc as part of the test program
# NAME_test. A room links only the rooms it names, and rooms link each other PRIVATE where they
# can, so an include that the table in src/CMakeLists.txt does not allow fails scripts/check_rooms.

find_package(Threads REQUIRED)

add_library(quire_options INTERFACE)
target_include_directories(quire_options INTERFACE ${CMAKE_SOURCE_DIR}/src)
target_link_libraries(quire_options INTERFACE Threads::Threads)
target_compile_options(quire_options INTERFACE -Wall -Wextra -Wshadow -Wnon-virtual-dtor)
# GCC 12 sees an overlap in `"text" + std::string` that is not there (its bug 105651).
target_compile_options(quire_options INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
if(QUIRE_WERROR)
  target_compile_options(quire_options INTERFACE -Werror)
endif()
if(QUIRE_SANITIZE)
  target_compile_options(quire_options INTERFACE -fsanitize=${QUIRE_SANITIZE} -fno-omit-frame-pointer)
  target_link_options(quire_options INTERFACE -fsanitize=${QUIRE_SANITIZE})
endif()

if(QUIRE_TESTS)
  find_package(GTest REQUIRED)
  include(GoogleTest)
endif()

# PRECOMPILE is for a library's headers that take longer to read than what follows them. Not for the
# standard library's: GCC 12 forgets that precompiled ones are a system's, and warns of them.
function(quire_room name)
  cmake_parse_arguments(ROOM "" "" "USES;LINKS;PRECOMPILE" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/${name}/*.cc)
  set(tests ${sources})
  list(FILTER tests INCLUDE REGEX "_test\\.cc$")
  list(FILTER sources EXCLUDE REGEX "_test\\.cc$|_fuzz\\.cc$|/main\\.cc$")

  if(sources)
    add_library(quire_${name} STATIC ${sources})
    target_link_libraries(quire_${name} PUBLIC quire_options ${ROOM_LINKS})
    target_precompile_headers(quire_${name} PRIVATE ${ROOM_PRECOMPILE})
  else()
    add_library(quire_${name} INTERFACE)
    target_link_libraries(quire_${name} INTERFACE quire_options ${ROOM_LINKS})
  endif()
  foreach(used ${ROOM_USES})
    if(sources)
      target_link_libraries(quire_${name} PUBLIC quire_${used})
    else()
      target_link_libraries(quire_${name} INTERFACE quire_${used})
    endif()
  endforeach()

  if(QUIRE_TESTS AND tests)
    add_executable(${name}_test ${tests})
    target_link_libraries(${name}_test PRIVATE quire_${name} GTest::gtest GTest::gtest_main)
    target_compile_definitions(${name}_test PRIVATE
      QUIRE_SOURCE_DIR="${CMAKE_SOURCE_DIR}"
      QUIRE_GOLDEN_DIR="${CMAKE_SOURCE_DIR}/../shared/golden")
    if(ROOM_PRECOMPILE)  # and so with the library's options
      target_precompile_headers(${name}_test REUSE_FROM quire_${name})
    else()  # compiled more often than run
      target_compile_options(${name}_test PRIVATE $<$<CONFIG:Release>:-O1>)
    endif()
    gtest_discover_tests(${name}_test TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60
      PROPERTIES TIMEOUT 600 LABELS ${name})
  endif()
endfunction()
