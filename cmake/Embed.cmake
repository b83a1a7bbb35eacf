# daemonck_embed_profiles(VARIABLE): writes the files of suites/profiles, in the order of order.txt, as a table of bytes
# when one of them has changed, and gives the name of that source. A file without a row or a row without a file stops
# the configuration.
function(daemonck_embed_profiles variable)
  set(folder ${PROJECT_SOURCE_DIR}/suites/profiles)
  set(source ${CMAKE_CURRENT_BINARY_DIR}/profiles_builtin.c)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${folder}/order.txt)
  file(STRINGS ${folder}/order.txt names REGEX "^[a-z0-9-]+$")
  file(GLOB files CONFIGURE_DEPENDS RELATIVE ${folder} ${folder}/*.yaml)
  foreach(file ${files})
    string(REGEX REPLACE "\\.yaml$" "" name ${file})
    if(NOT name IN_LIST names)
      message(FATAL_ERROR "suites/profiles/${file} has no row in suites/profiles/order.txt")
    endif()
  endforeach()
  set(inputs)
  foreach(name ${names})
    if(NOT EXISTS ${folder}/${name}.yaml)
      message(FATAL_ERROR "suites/profiles/order.txt names ${name}, but there is no suites/profiles/${name}.yaml")
    endif()
    list(APPEND inputs ${folder}/${name}.yaml)
  endforeach()
  add_custom_command(
    OUTPUT ${source}
    COMMAND ${CMAKE_COMMAND} -D "NAMES=${names}" -D FOLDER=${folder} -D OUTPUT=${source} -P
            ${PROJECT_SOURCE_DIR}/cmake/EmbedWrite.cmake
    DEPENDS ${inputs} ${folder}/order.txt ${PROJECT_SOURCE_DIR}/cmake/EmbedWrite.cmake
    COMMENT "Embedding the profiles"
    VERBATIM)
  set(${variable} ${source} PARENT_SCOPE)
endfunction()
