# How a room (one folder, one static library, one test program) is declared.

# Flags of our own code; generated code and other people's headers never see them.
add_library(jpkid_flags INTERFACE)
target_compile_options(jpkid_flags INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wnon-virtual-dtor -Woverloaded-virtual
  -Wimplicit-fallthrough -Werror
  $<$<CXX_COMPILER_ID:Clang>:-Wthread-safety -Wthread-safety-beta -Wno-sign-conversion>
  $<$<CXX_COMPILER_ID:GNU>:-Wno-psabi>)
if(JPKID_SANITIZE)
  # What the sanitizers add confuses g++ 12 about std::regex; the other presets still warn.
  target_compile_options(jpkid_flags INTERFACE
    $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
endif()
target_include_directories(jpkid_flags INTERFACE ${PROJECT_SOURCE_DIR})

add_compile_options(-fstack-protector-strong -fno-plt)
if(JPKID_SANITIZE)
  add_compile_options(-fsanitize=${JPKID_SANITIZE} -fno-sanitize-recover=all)
  add_link_options(-fsanitize=${JPKID_SANITIZE})
else()
  add_compile_definitions($<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
endif()
if(JPKID_SANITIZE STREQUAL "thread")
  target_compile_options(protobuf::libprotobuf INTERFACE
    "SHELL:-include ${PROJECT_SOURCE_DIR}/tests/tsan/protobuf_maps.h")
endif()
if(JPKID_FUZZ)
  add_compile_options(-fsanitize=fuzzer-no-link)
endif()
find_program(MOLD mold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
endif()
add_link_options(-Wl,-z,relro,-z,now)

# jpkid_room(NAME HEADERS ... SOURCES ... LINK ... [PCH ...])
# A static library. Its headers form a FILE_SET so that each is proved to compile alone (target all_verify_interface_header_sets).
function(jpkid_room name)
  cmake_parse_arguments(ROOM "" "" "HEADERS;SOURCES;LINK;PCH" ${ARGN})
  add_library(${name} STATIC)
  target_sources(${name} PRIVATE ${ROOM_SOURCES}
    PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${ROOM_HEADERS})
  target_link_libraries(${name} PUBLIC ${ROOM_LINK} PRIVATE jpkid_flags)
  set_target_properties(${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  if(ROOM_PCH)
    target_precompile_headers(${name} PRIVATE ${ROOM_PCH})
    # ccache wants to see in the preprocessed text that a precompiled header was used.
    target_compile_options(${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-fpch-preprocess>)
  endif()
endfunction()

# jpkid_test(NAME SOURCES ... LINK ... [LABELS ...]): a GoogleTest program, each case known to ctest.
include(GoogleTest)
function(jpkid_test name)
  cmake_parse_arguments(TEST "" "" "SOURCES;LINK;LABELS" ${ARGN})
  add_executable(${name} ${TEST_SOURCES})
  target_link_libraries(${name} PRIVATE ${TEST_LINK} GTest::gmock GTest::gtest_main jpkid_flags)
  set_target_properties(${name} PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/tests)
  if(NOT TEST_LABELS)
    set(TEST_LABELS unit)
  endif()
  gtest_discover_tests(${name} TEST_PREFIX "${name}." DISCOVERY_TIMEOUT 60
    PROPERTIES LABELS "${TEST_LABELS}" TIMEOUT 120)
endfunction()

# jpkid_program(NAME SOURCES ... LINK ...): a binary in build/<preset>/bin.
function(jpkid_program name)
  cmake_parse_arguments(PROGRAM "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${PROGRAM_SOURCES})
  target_link_libraries(${name} PRIVATE ${PROGRAM_LINK} jpkid_flags)
endfunction()

# jpkid_file_schema(NAME PROTOS ...): a protobuf schema of a file of ours, beside its reader (not the wire API).
function(jpkid_file_schema name)
  cmake_parse_arguments(SCHEMA "" "" "PROTOS" ${ARGN})
  file(RELATIVE_PATH folder ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  set(generated "")
  foreach(proto ${SCHEMA_PROTOS})
    get_filename_component(stem ${proto} NAME_WE)
    set(output ${CMAKE_BINARY_DIR}/generated/${folder}/${stem}.pb)
    # Not protobuf_generate: it names the schema relative to this folder, and ours are included as
    # "daemon/events/event.pb.h".
    add_custom_command(OUTPUT ${output}.cc ${output}.h
      COMMAND protobuf::protoc --proto_path=${PROJECT_SOURCE_DIR}
              --cpp_out=${CMAKE_BINARY_DIR}/generated ${folder}/${proto}
      DEPENDS ${proto} VERBATIM)
    list(APPEND generated ${output}.cc ${output}.h)
  endforeach()
  add_library(${name} STATIC ${generated})
  target_link_libraries(${name} PUBLIC protobuf::libprotobuf)
  target_include_directories(${name} SYSTEM PUBLIC ${CMAKE_BINARY_DIR}/generated)
endfunction()
file(MAKE_DIRECTORY ${CMAKE_BINARY_DIR}/generated)
