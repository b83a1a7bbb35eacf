# daemonck_options(TARGET): the warnings and sanitizers of everything that is ours, candidates apart.
function(daemonck_options target)
  target_compile_definitions(${target} PRIVATE _GNU_SOURCE DAEMONCK_VERSION="${PROJECT_VERSION}")
  target_compile_options(
    ${target}
    PRIVATE -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith -Wwrite-strings -Wundef
            -Wformat=2 -Wvla -Wimplicit-fallthrough -Wno-missing-field-initializers -fstack-protector-strong)
  # Names are cut to fit on purpose where snprintf is used; the return value tells where it matters.
  if(CMAKE_C_COMPILER_ID STREQUAL GNU)
    target_compile_options(${target} PRIVATE -Wno-format-truncation)
  endif()
  if(DAEMONCK_WERROR)
    target_compile_options(${target} PRIVATE -Werror)
  endif()
  if(DAEMONCK_SANITIZE)
    target_compile_options(${target} PRIVATE -fsanitize=${DAEMONCK_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(${target} PRIVATE -fsanitize=${DAEMONCK_SANITIZE})
  endif()
endfunction()

# daemonck_layer(NAME SOURCES … USES …): a static library whose headers are included as "NAME/header.h", and only by
# those that name it in their USES: a link of that name in the build tree is the whole include path of a layer, so an
# upward include does not compile.
function(daemonck_layer name)
  cmake_parse_arguments(LAYER "" "" "SOURCES;USES" ${ARGN})
  set(view ${CMAKE_BINARY_DIR}/layers/${name})
  file(MAKE_DIRECTORY ${view})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${view}/${name} SYMBOLIC)
  add_library(${name} STATIC ${LAYER_SOURCES})
  target_include_directories(${name} PUBLIC ${view})
  target_link_libraries(${name} PUBLIC ${LAYER_USES})
  daemonck_options(${name})
endfunction()
